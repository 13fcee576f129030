using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>What should come of some of a scenario's combinations; an empty list stands for all of them.</summary>
public sealed record ScenarioExpectation
{
    /// <summary>The variants it speaks of; the scenario as it is goes by <c>base</c>.</summary>
    public IReadOnlyList<string> Variants { get; init; } = [];

    /// <summary>The policies it speaks of.</summary>
    public IReadOnlyList<RestartPolicy> Policies { get; init; } = [];

    /// <summary>With init, without, or null for both.</summary>
    public bool? Init { get; init; }

    /// <summary>The labels of the steps it speaks of.</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];

    /// <summary>What should come of it.</summary>
    public required ExpectedOutcome Outcome { get; init; }

    /// <summary>The objective: the median first success comes no later than this after the fault; null for none.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>The exit code that every exit should have; null for any.</summary>
    public int? ExitCode { get; init; }

    /// <summary>How many requests may fail over all trials; null for any number.</summary>
    public int? Failed { get; init; }

    /// <summary>The verdict when it came as expected; null for <c>ok</c> or <c>as expected</c>.</summary>
    public string? Because { get; init; }

    /// <summary>Whether it speaks of a step of a combination.</summary>
    /// <param name="cell">The combination.</param>
    /// <param name="label">The label of the step.</param>
    /// <returns>True when it does.</returns>
    public bool Matches(ScenarioCell cell, string label)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return (Variants.Count == 0 || Variants.Contains(cell.Variant?.Name ?? "base", StringComparer.Ordinal))
            && (Policies.Count == 0 || Policies.Contains(cell.Policy))
            && (Init is null || Init == cell.Init)
            && (Steps.Count == 0 || Steps.Contains(label, StringComparer.Ordinal));
    }
}
