using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Something that faults can be done to: a running container, ours or another tool's, a systemd unit, or a control group.</summary>
public sealed record ChaosTarget
{
    /// <summary>The label that keeps a container out of every fault.</summary>
    public const string ProtectLabel = "containerchaos.protect";

    /// <summary>What it is: <c>container</c> (ours), <c>docker</c>, <c>podman</c>, <c>containerd</c>, <c>crio</c>, <c>systemd</c>, <c>cgroup</c> or <c>process</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>A container's name, the beginning of another tool's id, a unit's name, or a path.</summary>
    public required string Name { get; init; }

    /// <summary>The id, or the control group's path.</summary>
    public required string Id { get; init; }

    /// <summary>The host's PID of its first process.</summary>
    public required int Pid { get; init; }

    /// <summary>The start time of that process, which together with the PID names it for good.</summary>
    public required ulong PidStartTime { get; init; }

    /// <summary>Its control group, below the root of the hierarchies.</summary>
    public required string CgroupPath { get; init; }

    /// <summary>The container, when it is ours.</summary>
    public Container? Container { get; init; }

    /// <summary>Whether its label says that it must never be touched.</summary>
    public bool IsProtected => Container is { } own && Protects(own);

    /// <summary>Whether a container's label says that it must never be touched.</summary>
    internal static bool Protects(Container container) => container.Labels.TryGetValue(ProtectLabel, out string? value) && value == "true";

    internal FaultSubject Subject => new() { Kind = Kind, Name = Name, Id = Id, Pid = Pid, PidStartTime = PidStartTime };

    /// <summary>A container of ours as a target.</summary>
    /// <param name="container">The container, as the engine describes it now.</param>
    /// <exception cref="ContainerException">InvalidState: it does not run.</exception>
    public static ChaosTarget Of(Container container)
    {
        ArgumentNullException.ThrowIfNull(container);
        if (container.Pid is not { } pid || ProcessStat.TryReadStartTime(pid) is not { } startTime)
        {
            throw new ContainerException(
                ErrorReason.InvalidState, $"Container '{container.Name}' does not run: it is {container.State.ToString().ToLowerInvariant()}.", container.Name)
            {
                Remedy = $"Start it first: Start-Container {container.Name}",
            };
        }

        return new ChaosTarget
        {
            Kind = "container",
            Name = container.Name,
            Id = container.Id,
            Pid = pid,
            PidStartTime = startTime,
            CgroupPath = container.CgroupPath,
            Container = container,
        };
    }

    /// <summary>The processes of the target, by PID and start time: those of a group of its own, or of its PID namespace, or it alone.</summary>
    internal IReadOnlyList<(int Pid, ulong StartTime)> Processes()
    {
        IEnumerable<int> pids = [Pid];
        if (ProcessCgroup.TryRead(Pid) is { } cgroup && ((string[])["pids", "memory", "freezer", "cpu"]).FirstOrDefault(c => Owns(cgroup, c)) is { } controller)
            pids = cgroup.Pids(controller);
        else if (Kind != "process" && ProcessNamespace.TryReadPidNamespace(Pid, out ulong own) && ProcessNamespace.TryReadPidNamespace(Environment.ProcessId, out ulong ours) && own != ours)
            pids = ProcessList.Pids().Where(pid => ProcessNamespace.TryReadPidNamespace(pid, out ulong inode) && inode == own);
        return [.. pids.Select(pid => (Pid: pid, Start: ProcessStat.TryReadStartTime(pid))).Where(p => p.Start is not null).Select(p => (p.Pid, p.Start!.Value))];
    }

    /// <summary>Its group of a controller, where that group is the target's alone: never the host's, a user's session, or the caller's own.</summary>
    internal ProcessCgroup OpenCgroup(string controller, string fault)
    {
        ProcessCgroup cgroup = ProcessCgroup.TryRead(Pid) is { } found && ProcessStat.TryReadStartTime(Pid) == PidStartTime
            ? found
            : throw new ContainerException(ErrorReason.InvalidState, $"{this}: its first process has just ended.", Name) { Remedy = "Look at its state, and repeat the call." };
        if (cgroup.Find(controller) is not { } directory)
            throw new ContainerException(ErrorReason.NotSupported, $"{this}: the fault {fault} needs the {controller} controller, which this host does not have.", Name);
        if (!Owns(cgroup, controller))
        {
            throw new ContainerException(
                ErrorReason.NotSupported, $"{this}: it has no {controller} control group of its own ({directory}), so the fault {fault} would be done to others.", Name)
            {
                Remedy = "Run it in a group of its own: as a container, or under systemd-run --scope.",
            };
        }

        return cgroup;
    }

    /// <summary>
    /// Whether a group is the target's alone. Where a controller is not used for it, it is in its parent's group, or in that of the session that started
    /// it, with others: a container's is known by its id in the path, a unit's and a group's by the path itself, a process's by having nobody else in it.
    /// </summary>
    private bool Owns(ProcessCgroup cgroup, string controller)
    {
        if (cgroup.Find(controller) is not { } directory || cgroup.IsRoot(controller))
            return false;
        IReadOnlyList<int> pids = cgroup.Pids(controller);
        return !pids.Contains(Environment.ProcessId) && Kind switch
        {
            "process" => pids.All(pid => pid == Pid),
            "cgroup" or "systemd" => (directory + "/").Contains(Id.TrimEnd('/') + "/", StringComparison.Ordinal),
            _ => directory.Contains(Id, StringComparison.Ordinal),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Kind == "container" ? Name : $"{Kind}:{Name}";
}
