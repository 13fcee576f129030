using System.Globalization;

namespace ContainerChaos.PowerShell;

/// <summary>A time: a time span, a number of seconds, or text with a unit such as <c>500ms</c>, <c>30s</c> or <c>1m30s</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationArgumentAttribute : EngineArgumentAttribute
{
    private protected override bool ReadsUnits => true;

    private protected override object? Convert(object value) => value switch
    {
        short or int or long or double or decimal or float => TimeSpan.FromSeconds(System.Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        string text => Parse(text.Trim()),
        _ => null,
    };

    // As docker's options have it: numbers with units, one after the other.
    internal static TimeSpan? Parse(string text)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.FromSeconds(seconds);
        var rest = text.AsSpan();
        var total = TimeSpan.Zero;
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return null;
            rest = rest[digits..];
            var letters = rest.IndexOfAny("0123456789.") is >= 0 and var end ? end : rest.Length;
            TimeSpan? unit = rest[..letters] switch
            {
                "ms" => TimeSpan.FromMilliseconds(1),
                "s" => TimeSpan.FromSeconds(1),
                "m" => TimeSpan.FromMinutes(1),
                "h" => TimeSpan.FromHours(1),
                _ => null,
            };
            if (unit is null || number * unit.Value.TotalDays > 36500)
                return null;
            total += number * unit.Value;
            rest = rest[letters..];
        }
        return text.Length > 0 ? total : null;
    }
}
