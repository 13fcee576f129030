using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>One of the machines of a game day on several: what it is and, where nothing came from it, why.</summary>
public sealed record HostRun
{
    /// <summary>The machine, as it was named.</summary>
    public required string Host { get; init; }

    /// <summary>When its part began, by its own clock; null when nothing came from it.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How long its part took; null when nothing came from it.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The machine and its software; null when nothing came from it.</summary>
    public RunEnvironment? Environment { get; init; }

    /// <summary>Faults that are still in its ledger.</summary>
    public IReadOnlyList<FaultRecord> OpenFaults { get; init; } = [];

    /// <summary>Faults that were applied there and struck out.</summary>
    public int FaultsUndone { get; init; }

    /// <summary>Why nothing came from it: it could not be reached, cannot run a game day, or was lost in the middle; null when its results are here.</summary>
    public string? Problem { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Problem is null ? Host : $"{Host}: no result: {Problem}";
}
