using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>The launcher that starts the container in its namespaces: its own, the host's, or those of <c>container:NAME</c>.</summary>
internal sealed partial class ContainerMonitor
{
    private ContainerLauncher? _launcher;
    private JoinedNamespaces _joined;

    /// <summary>The files of the namespaces that are another container's, null for those that are not; and the clocks of its own.</summary>
    private readonly record struct JoinedNamespaces(string? Network, string? Pid, string? Ipc, ClockOffsets? Clocks);

    /// <summary>
    /// The spec is compiled once; again only when a container whose namespace is joined has another PID 1 than at the last start,
    /// which a restart by either one's policy brings about, or when a fault has set its clocks.
    /// </summary>
    private ContainerLauncher Launcher()
    {
        var joined = new JoinedNamespaces(
            _sandbox?.Namespace.Path ?? Find(_definition.NetworkContainerId, "network", "net"),
            Find(_definition.PidContainerId, "PID namespace", "pid"),
            Find(_definition.IpcContainerId, "IPC namespace", "ipc"),
            JsonFile.TryReadIntact(_paths.Clocks, SupervisorJson.ClockOffsets));
        if (_launcher is not null && joined == _joined)
            return _launcher;
        _launcher?.Dispose();
        _joined = joined;
        var spec = _definition.Privileged ? WithHostDevices(_spec) : _spec;
        spec = joined.Clocks?.In(spec) ?? spec;
        return _launcher = new ContainerLauncher(
            joined with { Clocks = null } == default ? spec : Join(spec, joined),
            new LaunchOptions
            {
                RootPath = _paths.RootFileSystem,
                Overlay = _definition.LowerDirs.Count > 0 ? ContainerDisk.OverlayOf(_definition, _paths) : null,
                Init = _definition.Init,
                WithoutDeviceNodes = !HasDeviceRules,
                SharedMemoryFrom = joined.Ipc is { } ipc ? ipc[..^"ipc".Length] + "mnt" : null,
                BeforeBind = CopyUps(),
                FaultPoints = Points,
                Warn = Warn,
            },
            _cgroup, _definition.Name);
    }

    /// <summary>Whether the devices controller says which devices can be opened. Otherwise no node opens any but those that are bound into /dev.</summary>
    private bool HasDeviceRules => _spec.Linux?.Resources?.Devices.Count > 0 && OwnIdentity.User == 0;

    private void Warn(string statement)
    {
        if (!_state.Warnings.Contains(statement))
            _state = _state with { Warnings = [.. _state.Warnings, statement] };
    }

    private static RuntimeSpec WithHostDevices(RuntimeSpec spec)
    {
        var devices = HostDevices.List("/dev", "/dev").Where(device => spec.Linux!.Devices.All(given => given.Path != device.Path));
        return spec with { Linux = spec.Linux! with { Devices = [.. spec.Linux.Devices, .. devices] } };
    }

    /// <summary>A namespace of another container, which lies beside this one on disk.</summary>
    /// <exception cref="ContainerException"><see cref="ErrorReason.InvalidState"/>: that container does not run.</exception>
    private string? Find(string? id, string what, string file)
    {
        if (id is null)
            return null;
        var other = new ContainerPaths(Path.Combine(Path.GetDirectoryName(_paths.ContainerDirectory)!, id), "");
        if (JsonFile.TryReadIntact(other.State, SupervisorJson.ContainerState)?.InThisBoot() is { Pid: > 0 } state
            && ProcessStat.TryReadStartTime(state.Pid) == state.PidStartTime)
            return $"/proc/{state.Pid}/ns/{file}";
        throw new ContainerException(
            ErrorReason.InvalidState, $"{_definition.Name}: the container {id[..12]}, whose {what} it joins, does not run.", _definition.Name)
        {
            Remedy = "Start that one first.",
        };
    }

    private static RuntimeSpec Join(RuntimeSpec spec, JoinedNamespaces joined) => spec with
    {
        Linux = spec.Linux! with
        {
            Namespaces =
            [
                .. spec.Linux.Namespaces.Where(n => n.Type != "network" || joined.Network is null).Select(n => n.Type switch
                {
                    "user" when joined.Network is { } network => n with { Path = UserBeside(network) },
                    "pid" => n with { Path = joined.Pid },
                    "ipc" => n with { Path = joined.Ipc },
                    _ => n,
                }),
                .. joined.Network is { } path ? new[] { new NamespaceSpec { Type = "network", Path = path } } : [],
            ],
            // A namespace that is joined has its maps already.
            UidMappings = joined.Network is null ? spec.Linux.UidMappings : [],
            GidMappings = joined.Network is null ? spec.Linux.GidMappings : [],
        },
    };

    /// <summary>An ordinary user's network namespace belongs to that container's user namespace, and only from in there can it be joined.</summary>
    private static string UserBeside(string network) => network[..^"net".Length] + "user";
}
