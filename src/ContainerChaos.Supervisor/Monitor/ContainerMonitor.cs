using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// What outlives the shell: one process a container, which starts PID 1, watches it, restarts it by policy, keeps its
/// log and its state, and answers on the control socket until the container is finally down.
/// </summary>
/// <remarks>One thread, one event loop, no polling. The state on disk is written here and nowhere else.</remarks>
internal sealed partial class ContainerMonitor : IDisposable
{
    private readonly ContainerPaths _paths;
    private readonly RuntimeSpec _spec;
    private readonly EventLoop _loop = new();
    private readonly RestartManager _restarts;
    private readonly EventPublisher _events;
    private readonly JsonLogWriter _log;
    private readonly ContainerConsole _console;
    private readonly StreamCollector _output;
    private readonly StreamCollector _errors;
    private readonly Cgroup _cgroup;
    private readonly TimerFd _restartTimer = TimerFd.Create();
    private readonly TimerFd _stopTimer = TimerFd.Create();
    private readonly OomWatcher _oom;

    private ContainerDefinition _definition;
    private ContainerState _state;
    private PidFd? _process;
    private FileDescriptor? _mounts;
    private bool _isChild;
    private long _startedAt;

    internal ContainerMonitor(ContainerPaths paths)
    {
        _paths = paths;
        _definition = JsonFile.TryRead(paths.Definition, SupervisorJson.ContainerDefinition)
            ?? throw new ContainerException(ErrorReason.ContainerNotFound, $"{paths.Definition} does not exist.", paths.ContainerDirectory);
        _spec = RuntimeSpecJson.Read(paths.Spec);
        // One that can't be read says nothing of a process, and is written anew.
        _state = JsonFile.TryReadIntact(paths.State, SupervisorJson.ContainerState)?.InThisBoot() ?? new ContainerState();
        _restarts = new RestartManager(_definition.RestartPolicy, _definition.RestartDelay);
        _events = new EventPublisher(paths.Events, paths.Journal, _definition.Id, _definition.Name);
        _log = new JsonLogWriter(paths.Log, _definition.Log);
        _cgroup = OpenCgroup(_spec.Linux?.CgroupsPath ?? "/containerchaos/" + _definition.Id, FurtherControllers());
        var owner = _spec.Process?.User.Uid ?? 0;
        _console = new ContainerConsole(_loop);
        _console.InputEnded += EndHolder;
        _output = new StreamCollector(paths.StandardOutput, owner, "stdout"u8, _log) { OnPiece = piece => _console.Write(piece, isError: false) };
        _errors = new StreamCollector(paths.StandardError, owner, "stderr"u8, _log) { OnPiece = piece => _console.Write(piece, isError: true) };
        _oom = new OomWatcher(_loop, _cgroup, PublishOom);

        _loop.Add(_output.Descriptor, EventPollFlags.EPOLLIN, _ => _output.Collect());
        _loop.Add(_errors.Descriptor, EventPollFlags.EPOLLIN, _ => _errors.Collect());
        _loop.Add(_restartTimer, EventPollFlags.EPOLLIN, _ => OnRestartTimer());
        _loop.Add(_stopTimer, EventPollFlags.EPOLLIN, _ => OnStopTimer());
        _events.Published += SendToSubscribers;
        PrepareHealth();
    }

    /// <summary>The state as last written.</summary>
    internal ContainerState State => _state;

    /// <summary>Answers and watches until the container is finally down.</summary>
    internal void Run(SeqPacketSocket listener)
    {
        _listener = listener;
        _loop.Add(listener, EventPollFlags.EPOLLIN, _ => AcceptConnections());
        _loop.Run();
    }

    public void Dispose()
    {
        _starting?.Dispose();
        _health?.Dispose();
        _process?.Dispose();
        _sandbox?.Dispose();
        _mounts?.Dispose();
        _launcher?.Dispose();
        _oom.Dispose();
        _log.Dispose();
        _events.Dispose();
        _console.Dispose();
        _terminalSocket?.Dispose();
        _holder?.Dispose();
        _answers?.Dispose();
        _output.Dispose();
        _errors.Dispose();
        _restartTimer.Dispose();
        _stopTimer.Dispose();
        _loop.Dispose();
    }

    /// <summary>An ordinary user whose groups are not delegated has containers without one.</summary>
    private static Cgroup OpenCgroup(string path, IReadOnlyList<string> further)
    {
        var group = CgroupHost.Current.Group(path, further: further);
        if (OwnIdentity.User == 0)
            return group;
        try
        {
            group.Create();
            if (group.CanBeJoined)
                return group;
            group.TryDelete();
        }
        catch (ErrnoException e) when (e.Errno is Errno.EACCES or Errno.EPERM or Errno.EROFS)
        {
            // None is the user's.
        }
        return CgroupHost.Current.Group(path, CgroupMembership.None);
    }

    /// <summary>
    /// The last process of a mount namespace takes it down before anybody learns of its end, which waits for an RCU grace
    /// period. While the monitor holds the namespace too, the end is known at once, and the taking down comes after.
    /// </summary>
    private void HoldMounts(int pid) => _mounts = FileDescriptor.TryOpen($"/proc/{pid}/ns/mnt", OpenFlags.O_RDONLY, 0, out _);

    private void ReleaseMounts()
    {
        _mounts?.Dispose();
        _mounts = null;
    }

    private void Watch(PidFd process)
    {
        _process = process;
        _loop.Add(process, EventPollFlags.EPOLLIN, _ => OnProcessEnded());
    }

    private void WriteState(ContainerState state)
    {
        _state = state with { MonitorPid = Environment.ProcessId, BootId = BootIdentity.Current };
        try
        {
            JsonFile.Write(_paths.State, _state, SupervisorJson.ContainerState);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ErrnoException)
        {
            // A full disk or a lost directory must not end the supervision; whoever asks on the socket still gets the truth.
        }
    }

    private void PublishOom(long count) => _events.Publish(EventTypes.Oom, ("count", count.ToString()));

    private ContainerException Describe(Exception error) => error switch
    {
        ErrnoException { Errno: Errno.ENOSPC or Errno.EDQUOT } => new ContainerException(
            ErrorReason.DiskFull, $"{_definition.Name}: {error.Message}.", _definition.Name, error),
        ErrnoException { Errno: Errno.EPERM or Errno.EACCES or Errno.EROFS } => new ContainerException(
            ErrorReason.PermissionDenied, $"{_definition.Name}: {error.Message}.", _definition.Name, error)
        { Remedy = "Run as root, with the control groups mounted writable." },
        _ => new ContainerException(ErrorReason.StartFailed, $"{_definition.Name}: {error.Message}.", _definition.Name, error),
    };
}
