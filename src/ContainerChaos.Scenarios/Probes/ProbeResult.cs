namespace ContainerChaos.Scenarios;

/// <summary>What became of one probe of a steady-state hypothesis.</summary>
/// <param name="Name">The probe's name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Seen">What was seen last, in one line.</param>
/// <param name="Problem">What was outside its tolerances, or why nothing could be seen; null when it holds.</param>
/// <param name="Began">When it was looked at first, monotonic nanoseconds.</param>
/// <param name="Ended">When that was known, monotonic nanoseconds.</param>
public sealed record ProbeResult(string Name, string Kind, string Seen, string? Problem, long Began, long Ended)
{
    /// <summary>What was seen, by the words of tolerances: numbers, and texts of which the first 16,384 characters are kept.</summary>
    public IReadOnlyDictionary<string, object> Values { get; init; } = new Dictionary<string, object>();

    /// <summary>Whether all that was seen is inside its tolerances.</summary>
    public bool Holds => Problem is null;

    /// <summary>It in one line.</summary>
    /// <returns>The line.</returns>
    public override string ToString() => $"{Name} {(Holds ? "holds" : "does not hold")}: {Problem ?? Seen}";
}
