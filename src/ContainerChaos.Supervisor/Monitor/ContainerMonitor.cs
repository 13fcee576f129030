using System.Diagnostics;
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
    private readonly ContainerDefinition _definition;
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

    private ContainerState _state;
    private PidFd? _process;
    private FileDescriptor? _mounts;
    private bool _isChild;
    private long _startedAt;

    internal ContainerMonitor(ContainerPaths paths)
    {
        _paths = paths;
        _definition = JsonFile.TryRead(paths.Definition, SupervisorJson.Default.ContainerDefinition)
            ?? throw new ContainerException(ErrorReason.ContainerNotFound, $"{paths.Definition} does not exist.", paths.ContainerDirectory);
        _spec = RuntimeSpecJson.Read(paths.Spec);
        _state = JsonFile.TryRead(paths.State, SupervisorJson.Default.ContainerState) ?? new ContainerState();
        _restarts = new RestartManager(_definition.RestartPolicy, _definition.RestartDelay);
        _events = new EventPublisher(paths.Events, paths.Journal, _definition.Id, _definition.Name);
        _log = new JsonLogWriter(paths.Log, _definition.Log);
        _cgroup = OpenCgroup(_spec.Linux?.CgroupsPath ?? "/containerchaos/" + _definition.Id);
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
    }

    /// <summary>The state as last written.</summary>
    internal ContainerState State => _state;

    /// <summary>Starts the container as an operator does: the policy is armed, the back-off begins anew.</summary>
    /// <exception cref="ContainerException">It can't be started; the state says so and nothing of it is left.</exception>
    internal void StartFresh()
    {
        _restarts.Reset();
        _state = _state with { ManuallyStopped = false, RestartCount = 0 };
        try
        {
            var isLeftOver = _cgroup.Exists;
            _cgroup.Create();
            if (isLeftOver)
                EndStragglers();
            ApplyLimits();
            _oom.Start();
            StartProcess();
        }
        catch (Exception e) when (e is ContainerException or ErrnoException or IOException)
        {
            var error = e as ContainerException ?? Describe(e);
            _state = _state with { ExitCode = error.ExitCode, Error = error.Message, FinishedAt = DateTimeOffset.UtcNow };
            // As in Docker, a container that never ran stays "created".
            Finish(publishDeath: false, status: _state.StartedAt is null ? ContainerStatus.Created : ContainerStatus.Exited);
            throw error;
        }
    }

    /// <summary>Answers and watches until the container is finally down.</summary>
    internal void Run(SeqPacketSocket listener)
    {
        _listener = listener;
        _loop.Add(listener, EventPollFlags.EPOLLIN, _ => AcceptConnections());
        _loop.Run();
    }

    public void Dispose()
    {
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
        _output.Dispose();
        _errors.Dispose();
        _restartTimer.Dispose();
        _stopTimer.Dispose();
        _loop.Dispose();
    }

    /// <summary>An ordinary user whose groups are not delegated has containers without one.</summary>
    private static Cgroup OpenCgroup(string path)
    {
        var group = CgroupHost.Current.Group(path);
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

    private void ApplyLimits()
    {
        var resources = _spec.Linux?.Resources ?? new ResourcesSpec();
        IReadOnlyList<string> warnings = [];
        if (OwnIdentity.User != 0)
            resources = UndelegatedLimits.LeaveOut(_cgroup, resources, out warnings);
        _state = _state with { Warnings = warnings };
        CgroupResources.Apply(_cgroup, resources);
    }

    private void StartProcess()
    {
        PrepareNetwork();
        var oomKills = _cgroup.Has("memory") ? _cgroup.ReadOomKills() : 0;
        LaunchedProcess launched;
        using (var input = OpenConsole(out var terminal))
        using (var output = _output.OpenForContainer())
        using (var error = _errors.OpenForContainer())
        using (terminal)
            launched = Launch(new LaunchStreams(input, output, error) { ConsoleSocket = terminal });

        _startedAt = Stopwatch.GetTimestamp();
        _isChild = true;
        HoldMounts(launched.Pid);
        WriteState(_state with
        {
            Status = ContainerStatus.Running,
            Pid = launched.Pid,
            PidStartTime = launched.StartTime,
            ExitCode = null,
            OomKilled = false,
            OomKillsAtStart = oomKills,
            Error = null,
            RestartCount = _restarts.RestartCount,
            StartedAt = DateTimeOffset.UtcNow,
            FinishedAt = null,
        });
        _events.PublishAt(_startedAt, EventTypes.Start, ("pid", launched.Pid.ToString()), ("restartCount", _restarts.RestartCount.ToString()));
        Watch(launched.Process);
    }

    /// <summary>
    /// Writes down who PID 1 will be before it may execute the command: a monitor that is killed from now on leaves a
    /// container that the next one can find.
    /// </summary>
    private void RecordStart(int pid, ulong startTime)
    {
        StartHolder(pid);
        var state = _state;
        WriteState(state with { Status = ContainerStatus.Running, Pid = pid, PidStartTime = startTime, ExitCode = null, StartedAt = DateTimeOffset.UtcNow, FinishedAt = null });
        _state = state;
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
        _state = state with { MonitorPid = Environment.ProcessId };
        try
        {
            JsonFile.Write(_paths.State, _state, SupervisorJson.Default.ContainerState);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
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
