using ContainerChaos.Scenarios.Load;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>What may end a trial before its time: whoever runs it, and the stop conditions of its scenario.</summary>
internal sealed class TrialStop : IDisposable
{
    private readonly IReadOnlyList<ScenarioStop> _stop;
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenSource _unfollow = new();
    private RunningFault? _conditions;
    private Thread? _thread;
    private string? _reason;

    internal TrialStop(Scenario scenario, CancellationToken cancellationToken)
    {
        _stop = scenario.Stop;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>The conditions of the host.</summary>
    internal IReadOnlyList<StopCondition> Host => [.. _stop.Select(condition => condition.Host).OfType<StopCondition>()];

    /// <summary>The limits of the load, as thresholds that end it.</summary>
    internal IEnumerable<Tolerance> Limits => _stop.Select(condition => condition.Load).OfType<Tolerance>();

    /// <summary>Cancelled when the trial is to end.</summary>
    internal CancellationToken Token => _source.Token;

    /// <summary>The condition that held; null when none did.</summary>
    internal string? Reason => Volatile.Read(ref _reason);

    /// <summary>Ends the trial when a load was ended by one of its limits, and not by a threshold of its own.</summary>
    internal bool TryTrigger(ThresholdVerdict verdict)
    {
        if (!Limits.Contains(verdict.Threshold))
            return false;
        Trigger(verdict.ToString());
        return true;
    }

    private void Trigger(string reason)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        _source.Cancel();
    }

    /// <summary>Ends the trial when the watchdog that looks at conditions of the host says so.</summary>
    internal void Follow(RunningFault conditions)
    {
        _conditions = conditions;
        _thread = new Thread(() =>
        {
            try
            {
                if (conditions.WaitForEnd(_unfollow.Token) == FaultEnd.StopCondition)
                    Trigger(conditions.Detail ?? conditions.Record.Effect);
            }
            catch (OperationCanceledException)
            {
            }
        })
        {
            IsBackground = true,
            Name = "stop conditions",
        };
        _thread.Start();
    }

    public void Dispose()
    {
        _unfollow.Cancel();
        _thread?.Join();
        _conditions?.Undo();
        _conditions?.Dispose();
        _unfollow.Dispose();
        _source.Dispose();
    }
}
