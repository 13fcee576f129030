using System.Globalization;
using System.Security.Cryptography;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>The network namespace of a target, where that is not the host's.</summary>
/// <param name="Target">The target.</param>
/// <param name="Inode">The namespace.</param>
internal sealed record TargetNetwork(ChaosTarget Target, ulong Inode)
{
    /// <exception cref="ContainerException">NotSupported: it is in the host's network; PermissionDenied: its network can't be entered.</exception>
    internal static TargetNetwork Of(ChaosTarget target, string fault)
    {
        if (!ProcessNamespace.TryReadInode(target.Pid, "net", out ulong inode) || IsHosts(inode))
        {
            throw new ContainerException(ErrorReason.NotSupported, $"{target}: it has no network namespace of its own, so the fault {fault} would be done to the host.", target.Name)
            {
                Remedy = "Choose a container in a network of its own.",
            };
        }

        // Before anything is written down: who can't enter it could not undo anything either.
        try
        {
            using NetworkNamespace? space = NetworkNamespace.TryOpen(target.Pid);
            space?.Run(static () => { });
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(ErrorReason.PermissionDenied, $"{target}: its network namespace can't be entered for the fault {fault}: {e.Message}.", target.Name, e)
            {
                Remedy = "Do it as root: a container's network belongs to its user namespace.",
                Errno = e.Errno,
            };
        }

        return new TargetNetwork(target, inode);
    }

    /// <summary>A step in there.</summary>
    internal FaultStep Step(FaultOperation operation, string name) => new()
    {
        Operation = operation,
        Value = name,
        Pid = Target.Pid,
        PidStartTime = Target.PidStartTime,
        Inode = Inode,
        Container = Target.Container?.RootPath,
    };

    /// <summary>The directions of a choice: whether packets that arrive are meant.</summary>
    internal static IReadOnlyList<bool> Ways(TrafficDirection direction) => direction switch { TrafficDirection.In => [true], TrafficDirection.Out => [false], _ => [true, false] };

    /// <summary>A plan of queues: the target's end of a wire has those for what it sends, the host's end for what it receives.</summary>
    internal FaultPlan Queue(string fault, TrafficDirection direction, string what, Func<FaultStep, FaultStep> complete)
    {
        bool isOut = direction != TrafficDirection.In, isIn = direction != TrafficDirection.Out;
        string[] inside = !isOut ? [] : Target.Container?.Endpoints is { Count: > 0 } own ? [.. own.Select(wire => wire.Interface)] : Interfaces(fault);
        string[] outside = isIn ? [.. Wires(fault).Select(wire => wire.HostInterface)] : [];
        FaultStep[] steps = [.. inside.Select(name => complete(Step(FaultOperation.AddQueue, name))), .. outside.Select(name => complete(new FaultStep { Operation = FaultOperation.AddQueue, Value = name }))];
        return new FaultPlan
        {
            Effect = $"{what} as the root queue of {string.Join(", ", inside.Select(name => name + " in its network namespace").Concat(outside.Select(name => name + " of the host")))}",
            Apply = steps,
            Undo = [.. steps.Select(step => step with { Operation = FaultOperation.RemoveQueue, Emulation = null, Size = 0 })],
            Holds = [.. inside.Select(name => Held("the queue of " + name)), .. outside.Select(name => "the queue of " + name)],
        };
    }

    /// <summary>A plan of a name server that lies.</summary>
    internal FaultPlan Answer(string what, FalseAnswers answers) => Filter($"every question to port 53 is answered with {what}", []) with { Apply = [], Answers = answers, Holds = [Held("names")] };

    /// <summary>A plan of its own name servers that are late.</summary>
    internal FaultPlan Slow(TimeSpan delay)
    {
        string[] servers;
        try
        {
            using UnixDirectory root = UnixDirectory.Open($"/proc/{Target.Pid}/root");
            servers = [.. NetworkFiles.ServersIn(root).Select(server => server.ToString())];
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException)
        {
            throw new ContainerException(ErrorReason.InvalidState, $"{Target}: its name servers can't be read from /etc/resolv.conf: {e.Message}", Target.Name, e) { Remedy = "Mend that file, or choose another target." };
        }

        string what = string.Create(CultureInfo.InvariantCulture, $"questions to port 53 of {string.Join(", ", servers)} are held for {delay.TotalMilliseconds:0.###} ms");
        return Filter(what, []) with { Apply = [], Slow = new SlowAnswers { Delay = delay, Servers = servers }, Holds = [Held("names")] };
    }

    /// <summary>A plan of a bad network that the watchdog makes.</summary>
    /// <exception cref="ContainerException">NotSupported: it has no interface but loopback, which is left alone.</exception>
    internal FaultPlan Emulate(string fault, string what, NetworkEmulation emulation, TrafficDirection direction)
    {
        Interfaces(fault);
        IReadOnlyList<bool> ways = Ways(direction);
        return Filter(what + ", done by the watchdog to each packet, which nfnetlink_queue hands over", []) with
        {
            Apply = [],
            Network = new EmulatedNetwork { Emulation = emulation, HasInput = ways.Contains(true), HasOutput = ways.Contains(false) },
            Holds = [Held("the packets")],
        };
    }

    /// <summary>A plan of packet filter rules.</summary>
    internal FaultPlan Filter(string effect, IReadOnlyList<PacketFilter> filters) => Table(effect, "before connection tracking", step => step with { Filters = filters });

    /// <summary>A plan of a table of nf_tables.</summary>
    internal FaultPlan Table(string effect, string place, Func<FaultStep, FaultStep> complete)
    {
        FaultStep step = Step(FaultOperation.AddFilter, $"containerchaos-fault-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
        return new FaultPlan
        {
            Effect = $"{effect} (nf_tables in its network namespace, {place})",
            Apply = [complete(step)],
            Undo = [step with { Operation = FaultOperation.RemoveFilter }],
        };
    }

    /// <summary>Whether the host's ends of its wires are known.</summary>
    internal bool HasWires => Target.Container?.Endpoints.Count > 0;

    /// <summary>The target's end and the host's of its wires.</summary>
    /// <exception cref="ContainerException">NotSupported: it has none that we know.</exception>
    internal IReadOnlyList<ContainerEndpoint> Wires(string fault) => Target.Container?.Endpoints is { Count: > 0 } endpoints
        ? endpoints
        : throw new ContainerException(ErrorReason.NotSupported, $"{Target}: the fault {fault} needs the host's end of its wires, which is known of containers of ours in a bridge network.", Target.Name)
        {
            Remedy = "Connect it to one: New-Container -Network, Connect-Container. What another tool's container sends can be changed: -Direction Out.",
        };

    /// <summary>The interfaces of another tool's container; of its wires' other ends nothing is known.</summary>
    private string[] Interfaces(string fault)
    {
        using NetworkNamespace? inside = NetworkNamespace.TryOpen(Target.Pid);
        string[] found = inside?.Run(() =>
        {
            using RouteSocket links = RouteSocket.Open();
            return links.Links().Where(link => link.IsUp && link.Name != "lo").Select(link => link.Name).ToArray();
        }) ?? [];
        return found.Length > 0 ? found : throw new ContainerException(ErrorReason.NotSupported, $"{Target}: it has no interface but loopback for the fault {fault}.", Target.Name) { Remedy = "Choose a container in a network." };
    }

    private string Held(string what) => string.Create(CultureInfo.InvariantCulture, $"{what} in network namespace {Inode}");

    // Ours is that of this thread, and may be another than that of the host's first process.
    private static bool IsHosts(ulong inode) =>
        (ProcessNamespace.TryReadInode(1, "net", out ulong first) && first == inode)
        || new FileInfo("/proc/thread-self/ns/net").LinkTarget == string.Create(CultureInfo.InvariantCulture, $"net:[{inode}]");
}
