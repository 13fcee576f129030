using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>What happens when PID 1 ends: record it, publish it, restart or finish.</summary>
internal sealed partial class ContainerMonitor
{
    private bool _restartRequested;
    private bool _stopRequested;

    private void OnProcessEnded()
    {
        var seen = EventPublisher.Now;
        int? exitCode;
        if (_isChild)
        {
            exitCode = _process!.TryReap();
            if (exitCode is null)
                return;
        }
        else if (!TryReadStrangersExit(out exitCode))
        {
            return;
        }

        _loop.Close(_process!);
        _process = null;
        _stopTimer.Disarm();
        _killDue = 0;
        EndThoseBeside();
        EndAnswers();
        _oom.Look();
        _output.Drain();
        _errors.Drain();
        CloseConsole();
        OnExit(exitCode, seen);
    }

    /// <summary>In a PID namespace that is not its own, the end of the first process is not the end of the others.</summary>
    private void EndThoseBeside()
    {
        if (_definition.PidMode is not null)
            EndStragglers();
    }

    /// <summary>
    /// The end of an adopted PID 1, whose parent is another process and may take its time, or never reap it. As long as it has not, the zombie
    /// tells its exit code; since Linux 6.15 a pidfd does once it has been reaped, which shows as EPOLLHUP. Before, whoever comes too late
    /// for the zombie never learns it.
    /// </summary>
    private bool TryReadStrangersExit(out int? exitCode)
    {
        exitCode = ProcessStat.TryReadExitCode(_state.Pid, _state.PidStartTime);
        if (exitCode is not null)
            return true;
        switch (_process!.TryReadExitInfo(out var code))
        {
            case PidFdExitInfo.Known:
                exitCode = code;
                return true;
            case PidFdExitInfo.NotYet:
                // Only a hang-up is waited for, or the process that is ready but not reaped would spin the loop.
                _loop.Modify(_process, EventPollFlags.None);
                exitCode = null;
                return false;
            default:
                exitCode = null;
                return true;
        }
    }

    private void OnExit(int? exitCode, long seen)
    {
        // Version 2 kills what is frozen; the next incarnation must not be born into the frost.
        if (_state.Status == ContainerStatus.Paused)
            _cgroup.Thaw();
        var ran = _startedAt == 0 ? DateTimeOffset.UtcNow - (_state.StartedAt ?? DateTimeOffset.UtcNow) : Stopwatch.GetElapsedTime(_startedAt);
        _state = _state with
        {
            ExitCode = exitCode,
            OomKilled = _oom.Kills > _state.OomKillsAtStart,
            FinishedAt = DateTimeOffset.UtcNow,
            Pid = 0,
            PidStartTime = 0,
            Health = _health?.Stop(),
        };

        if (_restartRequested)
        {
            _restartRequested = false;
            PublishDeath(seen);
            ReleaseMounts();
            RestartByOperator();
            return;
        }

        var decision = _restarts.AfterExit(exitCode, _state.ManuallyStopped, ran);
        if (!decision.Restart)
        {
            Finish(publishDeath: true, seen);
            return;
        }
        WriteState(_state with { Status = ContainerStatus.Restarting, RestartCount = _restarts.RestartCount });
        PublishDeath(seen);
        _events.Publish(
            EventTypes.BackOff,
            ("delayMs", decision.Delay.TotalMilliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("restartCount", _restarts.RestartCount.ToString()));
        // Before the next incarnation: two overlays on one upper directory are undefined (overlayfs.rst).
        ReleaseMounts();
        if (decision.Delay <= TimeSpan.Zero)
            RestartByPolicy();
        else
            _restartTimer.Arm(decision.Delay);
    }

    private void PublishDeath(long seen)
    {
        _events.PublishAt(
            seen, EventTypes.Die, ("exitCode", _state.ExitCode?.ToString() ?? ""), ("oomKilled", _state.OomKilled ? "true" : "false"));
        PublishUnmounted();
    }

    private void OnRestartTimer()
    {
        _restartTimer.Clear();
        if (_state.Status == ContainerStatus.Restarting && _starting is null)
            RestartByPolicy();
    }

    private void RestartByPolicy() => StartProcess(error =>
    {
        if (error is null)
            return;
        // A start that fails counts as an exit with Docker's code for it, so the policy and its back-off go on.
        _state = _state with { Error = error.Message };
        _startedAt = Stopwatch.GetTimestamp();
        OnExit(error.ExitCode, EventPublisher.Now);
    });

    private void RestartByOperator()
    {
        _restarts.Reset();
        // A restart is a stop and a start, in Docker's events too.
        _events.Publish(EventTypes.Stop);
        if (_stopRequested)
        {
            // Whoever asked for a stop before had it: the container was down.
            _stopRequested = false;
            _state = _state with { Status = ContainerStatus.Exited };
            ReplyForTheLastTime(_waiters);
        }
        _state = _state with { Status = ContainerStatus.Restarting, ManuallyStopped = false };
        StartProcess(error =>
        {
            if (error is null)
            {
                _events.Publish(EventTypes.Restart);
                ReplyToRestarts(null);
                return;
            }
            _state = _state with { ExitCode = error.ExitCode, Error = error.Message };
            ReplyToRestarts(error);
            Finish(publishDeath: false);
        });
    }

    /// <summary>
    /// The container is finally down: its control group goes, then the state is written, then the event is published,
    /// then its mounts go, and last those who wait get their answer. So whoever waited finds nothing left of it.
    /// </summary>
    private void Finish(bool publishDeath, long seen = 0, ContainerStatus status = ContainerStatus.Exited)
    {
        _oom.Dispose();
        ReapCommands();
        _health?.EndProbe();
        _cgroup.TryDelete();
        ReleaseNetwork();
        WriteState(_state with { Status = status, Pid = 0, PidStartTime = 0 });
        if (publishDeath)
            PublishDeath(seen);
        if (_stopRequested)
            _events.Publish(EventTypes.Stop);
        ReleaseMounts();
        if (_definition.AutoRemove)
            RemoveItself();
        RunDirectory.Remove(_paths);
        if (_listener is not null)
            _loop.Close(_listener);
        ReplyForTheLastTime(_waiters);
        ReplyForTheLastTime(_restartWaiters);
        // Whoever is attached gets the rest of the output, for a moment; nothing of the container is left that this could hold up.
        _console.WhenAlone(_loop.Stop);
    }

    /// <summary>Whoever waited finds the container gone. One that can't be removed is dead, and says why.</summary>
    private void RemoveItself()
    {
        try
        {
            if (ContainerRemoval.RemoveLocked(_paths, _definition, "/proc/self/exe"))
                _events.Publish(EventTypes.Destroy, ("image", _definition.Image));
        }
        catch (Exception e) when (e is ContainerException or ErrnoException or IOException or UnauthorizedAccessException)
        {
            _state = JsonFile.TryRead(_paths.State, SupervisorJson.ContainerState) ?? _state;
        }
    }
}
