using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>The start of PID 1, by an operator or by policy. The loop goes on meanwhile: whoever asks gets an answer.</summary>
internal sealed partial class ContainerMonitor
{
    private PendingStart? _starting;

    /// <summary>Begins to start the container as an operator does: the policy is armed, the back-off begins anew.</summary>
    /// <param name="finished">
    /// Called when PID 1 runs, or with why it does not: the state says so then, and nothing of it is left.
    /// </param>
    internal void StartFresh(Action<ContainerException?> finished)
    {
        if (_state.Status is ContainerStatus.Removing or ContainerStatus.Dead)
        {
            RunDirectory.Remove(_paths);
            _loop.Stop();
            finished(NotRunning("start"));
            return;
        }
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
        }
        catch (Exception e) when (e is ContainerException or ErrnoException or IOException)
        {
            Fail(e as ContainerException ?? Describe(e));
            return;
        }
        StartProcess(error =>
        {
            if (error is null)
                finished(null);
            else
                Fail(error);
        });

        void Fail(ContainerException error)
        {
            _state = _state with { ExitCode = error.ExitCode, Error = error.Message, FinishedAt = DateTimeOffset.UtcNow };
            // As in Docker, a container that never ran stays "created".
            Finish(publishDeath: false, status: _state.StartedAt is null ? ContainerStatus.Created : ContainerStatus.Exited);
            finished(error);
        }
    }

    /// <summary>Begins to start PID 1.</summary>
    /// <param name="finished">Called when it runs, or with why it does not.</param>
    private void StartProcess(Action<ContainerException?> finished)
    {
        long oomKills;
        StartingProcess starting;
        try
        {
            PrepareNetwork();
            PrepareVolumes();
            oomKills = _cgroup.Has("memory") ? _cgroup.ReadOomKills() : 0;
            using var input = OpenConsole(out var terminal);
            using var terminalEnd = terminal;
            using var output = _output.OpenForContainer();
            using var error = _errors.OpenForContainer();
            starting = Launcher().Begin(new LaunchStreams(input, output, error) { ConsoleSocket = terminal }, RecordStart);
        }
        catch (Exception e) when (e is ContainerException or ErrnoException or IOException)
        {
            ConnectConsole(isStarted: false);
            finished(e as ContainerException ?? Describe(e));
            return;
        }
        _starting = new PendingStart(_loop, starting, (launched, error) =>
        {
            _starting = null;
            ConnectConsole(launched is not null);
            if (launched is not null)
                OnStarted(launched, oomKills);
            else
                EndAnswers();
            finished(error is null ? null : error as ContainerException ?? Describe(error));
            HandleDeferred();
        });
    }

    private void OnStarted(LaunchedProcess launched, long oomKills)
    {
        _startedAt = Stopwatch.GetTimestamp();
        _isChild = true;
        HoldMounts(launched.Pid);
        _health?.Start(_state.Health);
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
            Health = _health?.Health,
        });
        _events.PublishAt(_startedAt, EventTypes.Start, ("pid", launched.Pid.ToString()), ("restartCount", _restarts.RestartCount.ToString()));
        PublishMounted();
        Watch(launched.Process);
        // A stop was asked for while it was on its way; its grace period runs already.
        if (_state.ManuallyStopped)
            launched.Process.SendSignal(_definition.StopSignal);
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
}
