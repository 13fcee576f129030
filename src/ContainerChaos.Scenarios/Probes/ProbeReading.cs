using System.Globalization;

namespace ContainerChaos.Scenarios;

/// <summary>What a probe has seen.</summary>
internal sealed class ProbeReading
{
    private const int Shown = 80, Kept = 16_384;

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Subject, ToleranceUnit Unit), double> _numbers = [];

    /// <summary>Why there is nothing to compare; null when there is.</summary>
    internal string? Problem { get; private init; }

    /// <summary>All of it, by the words of tolerances.</summary>
    internal IReadOnlyDictionary<string, object> Values =>
        _numbers.Where(pair => pair.Key.Unit != ToleranceUnit.Share || !_numbers.ContainsKey((pair.Key.Subject, ToleranceUnit.Size)))
            .Select(pair => KeyValuePair.Create(pair.Key.Subject, (object)pair.Value))
            .Concat(_texts.Select(pair => KeyValuePair.Create(pair.Key, (object)(pair.Value.Length <= Kept ? pair.Value : pair.Value[..Kept]))))
            .ToDictionary(StringComparer.Ordinal);

    internal static ProbeReading Failed(string problem) => new() { Problem = problem };

    internal ProbeReading With(string subject, ToleranceUnit unit, double? value)
    {
        // What is not known here is missing, and not zero.
        if (value is { } number)
            _numbers[(subject, unit)] = number;
        return this;
    }

    internal ProbeReading With(string subject, string text)
    {
        _texts[subject] = text;
        return this;
    }

    /// <summary>What is outside of a tolerance; null when nothing is.</summary>
    internal string? Outside(Tolerance tolerance)
    {
        if (tolerance.Unit == ToleranceUnit.Text)
            return !_texts.TryGetValue(tolerance.Subject, out string? text) ? Missing(tolerance) : tolerance.Holds(text) ? null : $"{tolerance}, seen '{Shorten(text)}'";
        return !_numbers.TryGetValue((tolerance.Subject, tolerance.Unit), out double number) ? Missing(tolerance) : tolerance.Holds(number) ? null : $"{tolerance}, seen {tolerance.Describe(number)}";
    }

    /// <summary>All of it in one line.</summary>
    public override string ToString() => Problem ?? string.Join(", ",
        _numbers.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key.Subject} {pair.Value * (pair.Key.Unit == ToleranceUnit.Share ? 100 : 1):0.###}{Suffix(pair.Key.Unit)}"))
            .Concat(_texts.Select(pair => $"{pair.Key} '{Shorten(pair.Value)}'")));

    private static string Missing(Tolerance tolerance) => $"{tolerance}, which is not known here";

    private static string Suffix(ToleranceUnit unit) => unit switch
    {
        ToleranceUnit.Time => " ms",
        ToleranceUnit.Share => " %",
        ToleranceUnit.Size => " B",
        _ => "",
    };

    private static string Shorten(string text)
    {
        string line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= Shown ? line : line[..Shown] + "…";
    }
}
