namespace ContainerChaos.Runtime;

/// <summary>A line of the log, in the JSON format that clients of runc read.</summary>
internal sealed record LogEntry
{
    /// <summary>error, warning, info or debug.</summary>
    public string Level { get; set; } = "";

    /// <summary>What happened.</summary>
    public string Msg { get; set; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset Time { get; set; }
}
