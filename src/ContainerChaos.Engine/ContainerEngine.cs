using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>
/// Containers and images of one data root: what Docker keeps in a daemon, kept in a library and on disk.
/// It never forks: what runs is started by <c>ccrun</c>, and outlives the process that this object lives in.
/// </summary>
/// <remarks>
/// Any number of engines, threads and processes may use the same root at once; there is no global lock.
/// Calls block, and end at once with <see cref="OperationCanceledException"/> when their token is cancelled.
/// Failures are <see cref="ContainerException"/>.
/// </remarks>
public sealed partial class ContainerEngine
{
    private readonly ContainerStore _store;
    private readonly VolumeStore _volumes;

    /// <summary>Opens an engine. Nothing is started, scanned or created before it is needed.</summary>
    /// <param name="options">Where its state is; null for the defaults.</param>
    public ContainerEngine(EngineOptions? options = null)
    {
        Options = options ?? new EngineOptions();
        Images = new ImageStore(Options);
        _store = new ContainerStore(Options);
        _volumes = new VolumeStore(Options, _store);
    }

    /// <summary>Where its state is, and its executables.</summary>
    public EngineOptions Options { get; }

    /// <summary>The images of this root.</summary>
    public ImageStore Images { get; }

    private Container Describe(ContainerDefinition definition, ContainerState state)
    {
        var paths = _store.GetPaths(definition.Id);
        return new Container
        {
            Name = definition.Name,
            Id = definition.Id,
            Image = definition.Image,
            ImageId = definition.ImageId,
            State = state.Status,
            ExitCode = state.ExitCode,
            OomKilled = state.OomKilled,
            Pid = state.Pid > 0 ? state.Pid : null,
            RestartCount = state.RestartCount,
            RestartPolicy = definition.RestartPolicy,
            RestartDelay = definition.RestartDelay,
            CreatedAt = definition.CreatedAt,
            StartedAt = state.StartedAt,
            FinishedAt = state.FinishedAt,
            Command = definition.Command,
            Labels = definition.Labels,
            // By the name that the other one has now.
            Network = definition.NetworkContainerId is { } other && _store.TryReadDefinition(other) is { } joined ? "container:" + joined.Name : definition.NetworkMode,
            Limits = definition.Limits ?? new ContainerLimits(),
            Annotations = definition.Annotations,
            Privileged = definition.Privileged,
            FaultPoints = definition.FaultPoints,
            Endpoints = state.Endpoints,
            Ports = state.Ports,
            Mounts = definition.Mounts,
            Init = definition.Init,
            Tty = definition.Tty,
            Interactive = definition.Interactive,
            Error = state.Error,
            Warnings = state.Warnings,
            StopSignal = definition.StopSignal,
            StopTimeout = definition.StopTimeout,
            CgroupPath = GetCgroupPath(definition.Id),
            LogPath = paths.Log,
            RootPath = paths.ContainerDirectory,
            RunPath = paths.RunDirectory,
            Health = state.Health,
            HealthCheck = definition.HealthCheck,
            AutoRemove = definition.AutoRemove,
        };
    }

    private string GetCgroupPath(string id) => $"{Options.CgroupParent.TrimEnd('/')}/{id}";
}
