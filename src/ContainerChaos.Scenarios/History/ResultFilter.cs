namespace ContainerChaos.Scenarios;

/// <summary>Which results of a history are asked for; what is not set lets all through.</summary>
public sealed record ResultFilter
{
    /// <summary>By the scenario's name.</summary>
    public Func<string, bool>? Scenario { get; init; }

    /// <summary>By restart policy, as the row writes it.</summary>
    public IReadOnlyCollection<string>? Policies { get; init; }

    /// <summary>With init, or without.</summary>
    public bool? Init { get; init; }

    /// <summary>By crash or act, as the row writes it.</summary>
    public IReadOnlyCollection<string>? Crashes { get; init; }

    /// <summary>By the run's number.</summary>
    public IReadOnlyCollection<long>? Runs { get; init; }

    /// <summary>Of runs that began then or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Of each combination only so many of the latest; 1 or more.</summary>
    public int? Last { get; init; }
}
