using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>Taking over a container whose monitor was killed.</summary>
internal sealed partial class ContainerMonitor
{
    /// <summary>
    /// Takes up the supervision where a dead monitor left it. The container is not touched: its output waits in the
    /// FIFOs, its exit is seen through a pidfd. If it ended meanwhile, that counts as an exit with the code that its zombie tells, or with an
    /// unknown one when it has been reaped.
    /// </summary>
    /// <returns>False when there is nothing to take over.</returns>
    internal bool TryAdopt()
    {
        if (_state.Status is not (ContainerStatus.Running or ContainerStatus.Paused or ContainerStatus.Restarting))
            return false;
        _restarts.Adopt(_state.RestartCount);
        _hasVolumes = _state.Status != ContainerStatus.Restarting;
        _cgroup.Create();
        _oom.Start();

        if (TryOpen(_state.Pid, _state.PidStartTime) is { } process)
        {
            WriteState(_state);
            _events.Publish(EventTypes.Adopt, ("pid", _state.Pid.ToString()));
            HoldMounts(_state.Pid);
            CompleteChange();
            AdoptConsole();
            Watch(process);
            if (_definition.FaultPoints.Count > 0)
                WatchAnswers();
            AdoptHealth();
            return true;
        }
        EndStragglers();
        ApplyLimits();
        if (_state.Status == ContainerStatus.Restarting)
            RestartByPolicy();
        else
            OnExit(ProcessStat.TryReadExitCode(_state.Pid, _state.PidStartTime), EventPublisher.Now);
        return true;
    }

    /// <summary>Whether PID 1 of the last recorded start runs.</summary>
    internal bool IsAlive
    {
        get
        {
            using var process = TryOpen(_state.Pid, _state.PidStartTime);
            return process is not null;
        }
    }

    /// <summary>
    /// A monitor that is killed in the moment of a start may leave a process that no state tells of. It ends before the
    /// next one starts, or two would share a root and a control group.
    /// </summary>
    private void EndStragglers()
    {
        if (_cgroup.Has("freezer"))
            _cgroup.Thaw();
        _cgroup.EndProcesses(TimeSpan.FromSeconds(10));
    }

    /// <summary>Ends without having supervised anything.</summary>
    internal void Abandon()
    {
        RunDirectory.Remove(_paths);
        _loop.Stop();
    }

    /// <summary>
    /// A PID is the same process only if its start time is; it is compared after the descriptor is held. A zombie whose
    /// other threads go on has not ended.
    /// </summary>
    private static PidFd? TryOpen(int pid, ulong startTime)
    {
        if (pid == 0 || PidFd.TryOpen(pid) is not { } process)
            return null;
        if (ProcessStat.TryRead(pid, out var stat) && stat.StartTime == startTime && (stat.State is not ('Z' or 'X') || stat.Threads > 1))
            return process;
        process.Dispose();
        return null;
    }
}
