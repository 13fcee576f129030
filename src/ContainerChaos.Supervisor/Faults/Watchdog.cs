using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>One fault while it lasts: its load, its cycle, and everything that may end it.</summary>
internal sealed class Watchdog : IDisposable
{
    private const int SIGKILL = 9;
    private static readonly TimeSpan s_sampling = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly FaultRecord _record;
    private readonly List<FileDescriptor> _held = [];
    private readonly EventLoop _loop = new();
    private PidFd? _load;
    private FileDescriptor? _lifeline;
    private readonly List<IDisposable> _inPath = [];
    private FaultEnd _end = FaultEnd.Undone;
    private string? _detail;

    internal Watchdog(FaultRecord record) => _record = record;

    /// <summary>That leads what the target sends, or gets, to who stands in its path.</summary>
    private FaultStep Table => _record.Undo.First(step => step.Operation == FaultOperation.RemoveFilter);

    /// <summary>Applies the fault.</summary>
    /// <exception cref="ErrnoException">A step failed.</exception>
    /// <exception cref="ContainerException">The load could not be made.</exception>
    internal void Apply()
    {
        FaultSteps.Apply(_record.Apply, _held);
        if (_record.Load is { } load)
            StartLoad(load);
        if (_record.Answers is { } answers)
            FaultSteps.LeadNames(Table, () => new FalseNameServer(_loop, answers), _inPath);
        if (_record.Slow is { } slow)
            FaultSteps.HoldNames(Table, slow, server => new SlowNameServer(_loop, slow.Delay, server), _inPath);
        if (_record.Network is { } network)
            FaultSteps.LeadPackets(Table, network, () => new BadNetwork(_loop, network.Emulation), _inPath);
    }

    /// <summary>Waits for whatever ends it first.</summary>
    internal (FaultEnd End, string? Detail) Wait()
    {
        using var terminate = SignalFd.Create(WatchdogProgram.TermMask);
        _loop.Add(terminate, EventPollFlags.EPOLLIN, _ => EndBy(FaultEnd.Undone));
        using var owner = PidFd.TryOpen(_record.Pid, _record.PidStartTime);
        if (owner is null)
            return (FaultEnd.OwnerEnded, null);
        _loop.Add(owner, EventPollFlags.EPOLLIN, _ => EndBy(FaultEnd.OwnerEnded));
        using var target = _record.Target.Pid > 0 ? PidFd.TryOpen(_record.Target.Pid, _record.Target.PidStartTime) : null;
        if (target is not null)
            _loop.Add(target, EventPollFlags.EPOLLIN, _ => EndBy(FaultEnd.TargetEnded));
        else if (_record.Target.Pid > 0)
            return (FaultEnd.TargetEnded, null);
        if (_load is not null)
            _loop.Add(_load, EventPollFlags.EPOLLIN, _ => EndBy(FaultEnd.LoadEnded));
        foreach (var answers in _held.OfType<SeqPacketSocket>())
            _loop.Add(answers, EventPollFlags.EPOLLIN, _ => OnAnswers(answers));
        using var deadline = TimerFd.Create();
        if (_record.Until is { } until)
            deadline.Arm(Max(until - DateTimeOffset.UtcNow, TimeSpan.Zero));
        _loop.Add(deadline, EventPollFlags.EPOLLIN, _ => EndBy(FaultEnd.Deadline));
        using var cycle = TimerFd.Create();
        if (_record.Cycle.Count > 0)
            StartCycle(cycle);
        using var sampling = TimerFd.Create();
        if (_record.StopWhen.Count > 0)
            StartSampling(sampling);
        _loop.Run();
        return (_end, _detail);
    }

    /// <summary>Ends the load and gives back what was held: the part of the undo that needs no file.</summary>
    internal void Release()
    {
        foreach (var descriptor in _held)
            descriptor.Dispose();
        _held.Clear();
        foreach (var one in _inPath)
            one.Dispose();
        _inPath.Clear();
        _lifeline?.Dispose();
        _lifeline = null;
        if (_load is not null)
        {
            // The end of its lifeline is all it needs, unless it is stopped or frozen.
            if (!_load.WaitForEnd(s_patience))
            {
                _load.SendSignal(SIGKILL);
                _load.WaitForEnd(s_patience);
            }
            _load.Dispose();
            _load = null;
        }
        ReapChildren();
    }

    public void Dispose()
    {
        Release();
        _loop.Dispose();
    }

    /// <summary>A rule ends with whoever answers the calls, and that one ends of its own accord with the target only.</summary>
    private void OnAnswers(SeqPacketSocket answers)
    {
        if (FaultPointClient.HasTargetEnded(answers))
            EndBy(FaultEnd.TargetEnded);
        else
            EndBy(FaultEnd.LoadEnded, "the process that answers its calls was killed; the next one knows nothing of the fault");
    }

    private void EndBy(FaultEnd end, string? detail = null)
    {
        _end = end;
        _detail = detail;
        _loop.Stop();
    }

    /// <summary>
    /// The load has the reading end of a pipe, and so have its children: when the last writing end is closed, ours, they end. That
    /// happens at the undo, and at our own death, whatever its cause.
    /// </summary>
    private void StartLoad(InjectedLoad load)
    {
        var (life, lifeline) = FileDescriptor.Pipe();
        _lifeline = lifeline;
        var (status, statusWriter) = FileDescriptor.Pipe();
        using var container = load.Group is null
            ? PidFd.TryOpen(_record.Target.Pid, _record.Target.PidStartTime)
                ?? throw new ContainerException(ErrorReason.InvalidState, "its first process has just ended.", _record.Target.Name)
            : null;
        using (life)
        using (status)
        using (statusWriter)
        {
            if (load.Kind == LoadKind.Zombies)
            {
                InjectedProgram.LeaveZombies(Place(load, container), (int)load.Count);
                return;
            }
            using (statusWriter)
            {
                using var child = InjectedProgram.Start(
                    Place(load, container), ["ccrun", LoadProgram.Verb, load.Kind.ToString(), $"{load.Count}", $"{load.Rate}"],
                    Max((_record.Until ?? DateTimeOffset.UtcNow) - DateTimeOffset.UtcNow, TimeSpan.Zero) + s_patience, life, statusWriter);
                _load = child.Process;
            }
            AwaitLoad(status);
        }
        if (load.Kind != LoadKind.Orphans)
            return;
        // Its work is done: it ends so that its children are orphans. They hang on the lifeline.
        _load.WaitForEnd(s_patience);
        _load.TryReap();
        _load.Dispose();
        _load = null;
    }

    private InjectionPlace Place(InjectedLoad load, PidFd? container)
    {
        if (load.Group is { } path)
        {
            var group = CgroupHost.Current.Group(path);
            group.KeepExisting();
            return new InjectionPlace
            {
                JoinFiles = group.JoinFiles,
                UnifiedDirectory = group.Directories.FirstOrDefault(directory => File.Exists(directory + "/cgroup.events")),
                Description = path,
            };
        }
        var cgroup = ProcessCgroup.TryRead(_record.Target.Pid) ?? throw new ErrnoException(Errno.ESRCH, "open", $"/proc/{_record.Target.Pid}/cgroup");
        return new InjectionPlace
        {
            JoinFiles = cgroup.JoinFiles,
            UnifiedDirectory = cgroup.UnifiedDirectory,
            Description = cgroup.Path,
            Container = container,
            Pid = _record.Target.Pid,
        };
    }

    private static void AwaitLoad(FileDescriptor status)
    {
        Span<byte> buffer = stackalloc byte[512];
        var text = System.Text.Encoding.UTF8.GetString(buffer[..status.ReadFully(buffer)]);
        if (text != LoadProgram.Ready)
            throw new ContainerException(ErrorReason.KernelError, text.Length > 0 ? text : "the process that makes the load was killed before it could begin.");
    }

    private void StartCycle(TimerFd timer)
    {
        var next = 0;
        _loop.Add(timer, EventPollFlags.EPOLLIN, _ =>
        {
            timer.Clear();
            timer.Arm(_record.CycleInterval);
            try
            {
                for (var i = 0; i < _record.CycleCount; i++)
                    FaultSteps.Apply([_record.Cycle[next++ % _record.Cycle.Count]], _held);
            }
            catch (ErrnoException e)
            {
                EndBy(FaultEnd.TargetEnded, e.Message);
            }
        });
        timer.Arm(_record.CycleInterval);
    }

    private void StartSampling(TimerFd timer)
    {
        var samplers = _record.StopWhen.Select(condition => new StopSampler(condition, _loop)).ToArray();
        _loop.Add(timer, EventPollFlags.EPOLLIN, _ =>
        {
            timer.Clear();
            timer.Arm(s_sampling);
            foreach (var sampler in samplers)
            {
                if (sampler.Sample() is { } reason)
                    EndBy(FaultEnd.StopCondition, reason);
            }
        });
        timer.Arm(TimeSpan.Zero);
    }

    /// <summary>The load, and the zombies.</summary>
    private static void ReapChildren()
    {
        while (ProcessTuning.TryReapAny())
        {
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
