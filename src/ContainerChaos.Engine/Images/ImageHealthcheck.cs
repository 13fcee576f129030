namespace ContainerChaos.Engine;

/// <summary>How an image wants its containers' health probed (HEALTHCHECK of a Dockerfile).</summary>
public sealed record ImageHealthcheck
{
    /// <summary><c>NONE</c>; or <c>CMD</c> and a command; or <c>CMD-SHELL</c> and a line for the shell.</summary>
    public required IReadOnlyList<string> Test { get; init; }

    /// <summary>Between two probes; null for the default of 30 s.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long one may take; null for the default of 30 s.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long after the start failures do not count; null for none.</summary>
    public TimeSpan? StartPeriod { get; init; }

    /// <summary>Between two probes in the start period; null for the default of 5 s.</summary>
    public TimeSpan? StartInterval { get; init; }

    /// <summary>How many failures in a row make it unhealthy; null for the default of 3.</summary>
    public int? Retries { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', Test);

    internal static ImageHealthcheck? From(OciHealthcheck? check) => check?.Test is not { Count: > 0 } test ? null : new ImageHealthcheck
    {
        Test = test,
        Interval = Time(check.Interval),
        Timeout = Time(check.Timeout),
        StartPeriod = Time(check.StartPeriod),
        StartInterval = Time(check.StartInterval),
        Retries = check.Retries > 0 ? check.Retries : null,
    };

    private static TimeSpan? Time(long nanoseconds) => nanoseconds > 0 ? TimeSpan.FromTicks(nanoseconds / 100) : null;
}
