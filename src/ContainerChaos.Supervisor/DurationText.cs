using System.Globalization;

namespace ContainerChaos.Supervisor;

/// <summary>Durations as scenario files and restart delays have them: <c>250ms</c>, <c>1.5s</c>, <c>2m</c>.</summary>
public static class DurationText
{
    /// <summary>Reads a duration.</summary>
    /// <param name="text">A number with one of the units <c>ms</c>, <c>s</c> and <c>m</c>, without a space between them.</param>
    /// <param name="duration">The duration, zero or more.</param>
    /// <returns>False when the text is none, or a year or more.</returns>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (suffix, unit) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (2, TimeSpan.FromMilliseconds(1)),
            _ when text.EndsWith('s') => (1, TimeSpan.FromSeconds(1)),
            _ when text.EndsWith('m') => (1, TimeSpan.FromMinutes(1)),
            _ => (0, TimeSpan.Zero),
        };
        duration = TimeSpan.Zero;
        if (suffix == 0 || !double.TryParse(text.AsSpan(0, text.Length - suffix), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count * unit.TotalDays >= 365)
            return false;
        duration = count * unit;
        return true;
    }
}
