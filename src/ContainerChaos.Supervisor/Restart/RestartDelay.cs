using System.Globalization;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>How long the restart manager waits before it starts PID 1 again (the back-off).</summary>
/// <param name="Initial">The first delay of a series.</param>
/// <param name="Maximum">The cap that a growing delay stops at.</param>
/// <param name="Factor">What each further delay is multiplied by; 1 keeps it constant.</param>
/// <param name="ResetAfter">A run at least this long starts the series again; the restart count goes on.</param>
/// <remarks>The default is Docker's: 100 ms, doubling up to one minute, reset by ten seconds of running.</remarks>
public sealed record RestartDelay(TimeSpan Initial, TimeSpan Maximum, double Factor, TimeSpan ResetAfter)
{
    /// <summary>Docker's back-off: 100 ms doubling to 1 min, reset after 10 s of running.</summary>
    public static RestartDelay Docker { get; } =
        new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), 2, TimeSpan.FromSeconds(10));

    /// <summary>No delay at all.</summary>
    public static RestartDelay None { get; } = Constant(TimeSpan.Zero);

    /// <summary>The same delay before each restart.</summary>
    public static RestartDelay Constant(TimeSpan delay) => new(delay, delay, 1, TimeSpan.FromSeconds(10));

    /// <summary>Reads <c>docker</c>, <c>none</c>, a number with a unit (<c>250ms</c>, <c>2s</c>, <c>1m</c>) or a time span (<c>00:00:00.2</c>).</summary>
    /// <exception cref="ContainerException">The text is none of them (<see cref="ErrorReason.InvalidArgument"/>).</exception>
    public static RestartDelay Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Trim().ToLowerInvariant() switch
        {
            "docker" => Docker,
            "none" or "0" => None,
            var other => Constant(ParseDuration(other) ?? throw new ContainerException(
                ErrorReason.InvalidArgument, $"'{text}' is not a restart delay.", text)
            {
                Remedy = "Use docker, none, or a duration such as 250ms, 2s or 00:00:00.25.",
            }),
        };
    }

    /// <summary>The delay that follows <paramref name="previous"/> in a series; the first one for zero or less.</summary>
    public TimeSpan Next(TimeSpan previous)
    {
        if (previous <= TimeSpan.Zero)
            return Initial;
        var next = previous * Factor;
        return next > Maximum ? Maximum : next;
    }

    /// <summary><c>docker</c>, <c>none</c> or the constant delay.</summary>
    public override string ToString() =>
        this == Docker ? "docker"
        : Maximum == TimeSpan.Zero ? "none"
        : string.Create(CultureInfo.InvariantCulture, $"{Initial.TotalMilliseconds}ms");

    private static TimeSpan? ParseDuration(string text) =>
        DurationText.TryParse(text, out var duration) ? duration
        : text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span >= TimeSpan.Zero ? span
        : null;
}
