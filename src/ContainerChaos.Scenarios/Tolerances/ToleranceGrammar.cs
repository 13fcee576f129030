using System.Globalization;
using System.Text.RegularExpressions;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>Reads tolerances: <c>SUBJECT [QUANTILE] OPERATOR LIMIT [over TIME] [or abort]</c>, where each place has subjects of its own.</summary>
/// <param name="what">What one is called there: <c>an objective</c>.</param>
/// <param name="examples">What to write instead of a wrong one.</param>
/// <param name="terms">What it may be about.</param>
internal sealed partial class ToleranceGrammar(string what, string examples, params ToleranceTerm[] terms)
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(10), s_longest = TimeSpan.FromDays(1);

    private static readonly Dictionary<string, ToleranceOperator> s_operators = new(StringComparer.Ordinal)
    {
        ["<"] = ToleranceOperator.Below,
        ["<="] = ToleranceOperator.AtMost,
        [">"] = ToleranceOperator.Above,
        [">="] = ToleranceOperator.AtLeast,
        ["="] = ToleranceOperator.Equal,
        ["!="] = ToleranceOperator.NotEqual,
        ["in"] = ToleranceOperator.In,
        ["contains"] = ToleranceOperator.Contains,
        ["matches"] = ToleranceOperator.Matches,
    };

    /// <summary>Whether it is judged while something goes on, which it may end.</summary>
    internal bool IsJudgedMeanwhile { get; init; }

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal Tolerance Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text) ?? throw new FormatException($"'{text}' is not {what}; write {examples}.");
    }

    /// <summary>Reads one; null when the text is none.</summary>
    internal Tolerance? TryParse(string text)
    {
        Match match = Pattern().Match(text);
        string[] words = match.Groups["what"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!match.Success || Find(words) is not { } term || !term.Operators.Contains(match.Groups["sign"].Value))
            return null;
        string value = match.Groups["value"].Value.Trim();
        ToleranceOperator sign = s_operators[match.Groups["sign"].Value];
        double[] limits = [];
        if (sign == ToleranceOperator.In && !TryReadNumbers(value, out limits))
            return null;
        TimeSpan? over = null;
        bool aborts = false;
        if (IsJudgedMeanwhile)
        {
            Match end = End().Match(value);
            value = end.Groups["value"].Value;
            aborts = end.Groups["abort"].Success;
            if (end.Groups["over"] is { Success: true } stretch)
            {
                if (!DurationText.TryParse(stretch.Value, out TimeSpan length) || length < s_shortest || length > s_longest)
                    return null;
                over = length;
            }
        }

        double? quantile = null;
        if (term.HasQuantiles && !TryReadQuantile(words[^1], term.HasMean, out quantile))
            return null;
        foreach (ToleranceUnit unit in term.Units)
        {
            double limit = 0;
            if (limits.Length > 0 || TryReadLimit(value, unit, term, sign, out limit))
            {
                return new Tolerance
                {
                    Text = string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
                    Subject = term.Subject,
                    Quantile = quantile,
                    Operator = sign,
                    Unit = unit,
                    Limit = limit,
                    Limits = limits,
                    Expected = unit == ToleranceUnit.Text ? value : "",
                    Over = over,
                    Aborts = aborts,
                };
            }
        }

        return null;
    }

    private ToleranceTerm? Find(string[] words) =>
        terms.FirstOrDefault(term => term.HasQuantiles
            ? words is [var first, _] ? first == term.Subject : words.Length == 1 && term.IsImplied && !terms.Any(t => t.Subject == words[0])
            : words is [var only] && only == term.Subject);

    private static bool TryReadQuantile(string word, bool orMean, out double? quantile)
    {
        quantile = word switch
        {
            "max" => 1,
            ['p', .. var digits] when double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent is > 0 and < 100 => percent / 100,
            _ => null,
        };
        return quantile is not null || (orMean && word == "mean");
    }

    private static bool TryReadLimit(string text, ToleranceUnit unit, ToleranceTerm term, ToleranceOperator sign, out double limit)
    {
        limit = 0;
        switch (unit)
        {
            case ToleranceUnit.Text:
                return text.Length > 0
                    && (sign == ToleranceOperator.Matches ? IsExpression(text) : term.Values.Count == 0 || term.Values.Contains(text, StringComparer.OrdinalIgnoreCase));
            case ToleranceUnit.Time:
                bool isTime = DurationText.TryParse(text.Replace(" ", "", StringComparison.Ordinal), out TimeSpan time) && time > TimeSpan.Zero && time <= s_longest;
                limit = time.TotalMilliseconds;
                return isTime;
            case ToleranceUnit.Share:
                bool isShare = text.EndsWith('%') && TryReadNumber(text[..^1].TrimEnd(), out limit);
                limit /= 100;
                return isShare;
            case ToleranceUnit.Size:
                bool isSize = ByteSize.TryParse(text, out long bytes);
                limit = bytes;
                return isSize;
            default:
                return TryReadNumber(text, out limit);
        }
    }

    private static bool TryReadNumber(string text, out double number) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    private static bool TryReadNumbers(string text, out double[] numbers)
    {
        string[] words = text.Split(',', StringSplitOptions.TrimEntries);
        numbers = [.. words.TakeWhile(word => TryReadNumber(word, out _)).Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        return numbers.Length == words.Length;
    }

    private static bool IsExpression(string text)
    {
        try
        {
            _ = new Regex(text);
            return true;
        }
        catch (RegexParseException)
        {
            return false;
        }
    }

    // The first operator counts: what follows it is the limit, which may be any text.
    [GeneratedRegex(@"^\s*(?<what>[a-z][a-z0-9.-]*( +[a-z0-9.]+)?)(\s*(?<sign><=|>=|!=|<|>|=)|\s+(?<sign>contains|matches|in)\s)\s*(?<value>.+)$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^(?<value>.*?)(\s+over\s+(?<over>\S+))?(?<abort>\s+or\s+abort)?$", RegexOptions.CultureInvariant)]
    private static partial Regex End();
}
