using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>A further configuration of the same experiment.</summary>
public sealed record ScenarioVariant
{
    /// <summary>Its name in the table, after the scenario's.</summary>
    public required string Name { get; init; }

    /// <summary>The container of its trials.</summary>
    public required ScenarioTarget Target { get; init; }

    /// <summary>Its load, where it is another than the scenario's: with a strategy of the client, say.</summary>
    public ScenarioLoad? Load { get; init; }

    /// <summary>The restart policies it is tried with.</summary>
    public required IReadOnlyList<RestartPolicy> Policies { get; init; }

    /// <summary>Without init, with init, or both.</summary>
    public required IReadOnlyList<bool> Init { get; init; }
}
