using System.Globalization;

namespace ContainerChaos.PowerShell;

/// <summary>A moment: a date and time, or how long ago (<c>10m</c>, <c>1h</c>, a time span).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MomentArgumentAttribute : EngineArgumentAttribute
{
    private protected override bool ReadsUnits => true;

    private protected override object? Convert(object value) => value switch
    {
        TimeSpan ago => DateTimeOffset.Now - ago,
        DateTime moment => new DateTimeOffset(moment),
        string text when Ago(text) is { } ago => DateTimeOffset.Now - ago,
        _ => null,
    };

    private static TimeSpan? Ago(string text)
    {
        if (text.Length < 2 || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
            return null;
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => null,
        };
    }
}
