using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>The container's health: who probes it, and what follows when it is bad.</summary>
internal sealed partial class ContainerMonitor
{
    private HealthWatch? _health;

    private void PrepareHealth()
    {
        if (_definition.HealthCheck is { } check)
            _health = new HealthWatch(_loop, check, found => BeginProbe(check, found), OnProbed);
    }

    private HealthProbe BeginProbe(HealthCheck check, Action<HealthProbe, int, string> found)
    {
        var process = _process ?? throw NotRunning("probe");
        if (check.Kind != HealthCheckKind.Exec)
            return new NetworkProbe(_loop, check, endPoint => ContainerSocket.BeginConnect(process, _state.Pid, endPoint), found);
        var command = (_spec.Process ?? new ProcessSpec()) with { Args = check.Command, Terminal = false, ConsoleSize = null };
        return new CommandProbe(
            _loop,
            streams => CommandLauncher.Begin(
                process, _state.Pid, _cgroup, command, _definition.Name, streams,
                new ExecOptions { Seccomp = _spec.Linux?.Seccomp, EndsWithCaller = true }),
            found);
    }

    private void OnProbed(HealthStatus? changed)
    {
        WriteState(_state with { Health = _health!.Health });
        if (changed is not { } status)
            return;
        _events.Publish(EventTypes.HealthStatus, ("status", _health.Health.ToString()));
        // A stop or a restart that is under way goes its way: of the first, nothing may come back, and its grace period is the operator's.
        if (status == HealthStatus.Unhealthy && !_stopRequested && !_restartRequested)
            ActOnFailure(_definition.HealthCheck!.OnFailure);
    }

    private void ActOnFailure(HealthOnFailure action)
    {
        switch (action)
        {
            case HealthOnFailure.Kill:
                // A crash, not an operator's kill: the policy fires.
                _events.Publish(EventTypes.Kill, ("signal", SIGKILL.ToString()), ("reason", "unhealthy"));
                _process?.SendSignal(SIGKILL);
                ThawForKill();
                break;
            case HealthOnFailure.Restart:
                _restartRequested = true;
                Stop(_definition.StopTimeout);
                break;
            case HealthOnFailure.Stop:
                _stopRequested = true;
                _restartRequested = false;
                Stop(_definition.StopTimeout);
                break;
        }
    }

    private void AdoptHealth()
    {
        if (_health is null)
            return;
        _health.Resume(_state.Health, DateTimeOffset.UtcNow - (_state.StartedAt ?? DateTimeOffset.UtcNow));
        if (_state.Status == ContainerStatus.Paused)
            _health.Suspend();
    }
}
