namespace ContainerChaos.Engine;

/// <summary>A health check as it stands in an image's configuration; times are in nanoseconds, 0 for the default.</summary>
internal sealed record OciHealthcheck
{
    public IReadOnlyList<string>? Test { get; set; }

    public long Interval { get; set; }

    public long Timeout { get; set; }

    public long StartPeriod { get; set; }

    public long StartInterval { get; set; }

    public int Retries { get; set; }
}
