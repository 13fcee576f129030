namespace ContainerChaos.Scenarios;

/// <summary>A part of a scenario's steady-state hypothesis: something that is looked at before the method and after it, and what may be seen of it.</summary>
public abstract record ScenarioProbe
{
    /// <summary>Its kind, as scenario files have it: <c>http</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>What it is called in reports.</summary>
    public required string Name { get; init; }

    /// <summary>How long one look may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long it is looked at again and again until it holds; zero for once.</summary>
    public TimeSpan Within { get; init; }

    /// <summary>What may be seen; all of it.</summary>
    public IReadOnlyList<Tolerance> Tolerances { get; init; } = [];

    /// <summary>Looks once. That nothing could be seen is what the reading says, or a <see cref="Runtime.ContainerException"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled: the run's, or that of <see cref="Timeout"/>.</exception>
    internal abstract ProbeReading Look(ProbeSubject subject, CancellationToken cancellationToken);
}
