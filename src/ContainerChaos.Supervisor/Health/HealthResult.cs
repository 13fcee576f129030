namespace ContainerChaos.Supervisor;

/// <summary>What one probe found.</summary>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
/// <param name="ExitCode">0 is healthy. A command's own exit code, 128+n after signal n; 1 for a request that was refused; -1 when it took too long or could not be made.</param>
/// <param name="Output">What a command wrote, an answer's first bytes, or why there is neither: at most 4096 bytes, then <c>...</c>.</param>
public sealed record HealthResult(DateTimeOffset Start, DateTimeOffset End, int ExitCode, string Output)
{
    /// <summary>How long it took.</summary>
    public TimeSpan Duration() => End - Start;
}
