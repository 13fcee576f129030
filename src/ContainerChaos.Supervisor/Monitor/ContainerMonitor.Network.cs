using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>The launcher, and for a network of <c>container:NAME</c> the namespace that it joins at this start.</summary>
internal sealed partial class ContainerMonitor
{
    private ContainerLauncher? _launcher;
    private string? _joinedNetwork;

    /// <summary>
    /// The spec is compiled once; again only when the container whose network is joined has another PID 1 than at the
    /// last start, which a restart by either one's policy brings about.
    /// </summary>
    private ContainerLauncher Launcher()
    {
        var network = _definition.NetworkContainerId is { } id ? FindNetwork(id) : null;
        if (_launcher is not null && network == _joinedNetwork)
            return _launcher;
        _launcher?.Dispose();
        _joinedNetwork = network;
        return _launcher = new ContainerLauncher(
            network is null ? _spec : Join(_spec, network),
            new LaunchOptions
            {
                RootPath = _paths.RootFileSystem,
                Overlay = _definition.LowerDirs.Count > 0 ? new OverlayRoot(_definition.LowerDirs, _paths.Upper, _paths.Work) : null,
                Init = _definition.Init,
                WithoutDeviceNodes = true,
            },
            _cgroup, _definition.Name);
    }

    /// <summary>The network namespace of another container, which lies beside this one on disk.</summary>
    /// <exception cref="ContainerException"><see cref="ErrorReason.InvalidState"/>: that container does not run.</exception>
    private string FindNetwork(string id)
    {
        var other = new ContainerPaths(Path.Combine(Path.GetDirectoryName(_paths.ContainerDirectory)!, id), "");
        if (JsonFile.TryRead(other.State, SupervisorJson.Default.ContainerState) is { Pid: > 0 } state
            && ProcessStat.TryReadStartTime(state.Pid) == state.PidStartTime)
            return $"/proc/{state.Pid}/ns/net";
        throw new ContainerException(
            ErrorReason.InvalidState, $"{_definition.Name}: the container whose network it joins ({_definition.NetworkMode}) does not run.", _definition.Name)
        {
            Remedy = "Start that one first.",
        };
    }

    private static RuntimeSpec Join(RuntimeSpec spec, string network) => spec with
    {
        Linux = spec.Linux! with
        {
            Namespaces = [.. spec.Linux.Namespaces.Where(n => n.Type != "network").Select(n => n.Type == "user" ? n with { Path = UserBeside(network) } : n), new NamespaceSpec { Type = "network", Path = network }],
            // A namespace that is joined has its maps already.
            UidMappings = [],
            GidMappings = [],
        },
    };

    /// <summary>An ordinary user's network namespace belongs to that container's user namespace, and only from in there can it be joined.</summary>
    private static string UserBeside(string network) => network[..^"net".Length] + "user";
}
