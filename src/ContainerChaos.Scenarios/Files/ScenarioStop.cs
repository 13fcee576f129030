using ContainerChaos.Scenarios.Load;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>What ends a trial before its time: the host runs short of something, a service that must live does not answer, or the load is worse than anybody wants to see.</summary>
/// <param name="Host">What the ledger's watchdog looks at; null when it is about the load.</param>
/// <param name="Load">What the load must not become; null when it is about the host.</param>
public sealed record ScenarioStop(StopCondition? Host, Tolerance? Load)
{
    /// <summary>Reads one.</summary>
    /// <param name="text">As <see cref="StopCondition.Parse"/> has it, or <c>failed &gt; 50% over 1s</c>, <c>p99 &gt; 2s over 1s</c>.</param>
    /// <returns>The condition.</returns>
    /// <exception cref="FormatException">It is none.</exception>
    public static ScenarioStop Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return LoadThreshold.TryParseLimit(text) is { } load ? new ScenarioStop(null, load) : new ScenarioStop(StopCondition.Parse(text), null);
    }

    /// <inheritdoc/>
    public override string ToString() => Load?.Text ?? Host!.ToString();
}
