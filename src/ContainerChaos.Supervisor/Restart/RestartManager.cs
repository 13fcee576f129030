namespace ContainerChaos.Supervisor;

/// <summary>
/// Decides after each end of PID 1 whether the policy starts another one, and when. It holds the back-off series;
/// everything else it is told.
/// </summary>
/// <remarks>Docker's restart manager: the delay starts again after a run of 10 s, the count of restarts does not.</remarks>
public sealed class RestartManager(RestartPolicy policy, RestartDelay delay)
{
    private RestartPolicy _policy = policy;
    private RestartDelay _delay = delay;
    private TimeSpan _previous = TimeSpan.Zero;

    /// <summary>How many restarts the policy has made since the container was started by an operator.</summary>
    public int RestartCount { get; private set; }

    /// <summary>Takes over the count of a monitor that died.</summary>
    public void Adopt(int restartCount) => RestartCount = restartCount;

    /// <summary>Decides by another policy from the next end on; a new delay begins a new series, and the count goes on.</summary>
    public void Change(RestartPolicy policy, RestartDelay delay)
    {
        if (delay != _delay)
            _previous = TimeSpan.Zero;
        (_policy, _delay) = (policy, delay);
    }

    /// <summary>Starts a new series, as an operator's start does.</summary>
    public void Reset()
    {
        _previous = TimeSpan.Zero;
        RestartCount = 0;
    }

    /// <summary>Decides, and counts the restart if there is one.</summary>
    /// <param name="exitCode">How PID 1 ended; null when that is unknown, which counts as a failure.</param>
    /// <param name="manuallyStopped">Whether an operator's stop or kill disarmed the policy.</param>
    /// <param name="ran">How long it ran.</param>
    public RestartDecision AfterExit(int? exitCode, bool manuallyStopped, TimeSpan ran)
    {
        if (ran >= _delay.ResetAfter)
            _previous = TimeSpan.Zero;
        if (manuallyStopped || !IsDue(exitCode))
            return new RestartDecision(Restart: false, TimeSpan.Zero);
        _previous = _delay.Next(_previous);
        RestartCount++;
        return new RestartDecision(Restart: true, _previous);
    }

    private bool IsDue(int? exitCode) => _policy.Kind switch
    {
        RestartPolicyKind.Always or RestartPolicyKind.UnlessStopped => true,
        RestartPolicyKind.OnFailure => exitCode != 0 && (_policy.MaximumRetryCount == 0 || RestartCount < _policy.MaximumRetryCount),
        _ => false,
    };
}
