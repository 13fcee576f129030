using System.Globalization;
using System.Text.RegularExpressions;
using ContainerChaos.Runtime;

namespace ContainerChaos.Scenarios;

/// <summary>
/// What may be seen of something, as all of a scenario file writes it: <c>recovery p95 &lt; 500ms</c> (an objective), <c>failed &lt; 5% over 2s or abort</c> (a load's
/// threshold), <c>memory &lt; 40m</c>, <c>status = 200</c>, <c>body contains ready</c> (of a probe).
/// </summary>
public sealed record Tolerance
{
    /// <summary>A text that a regular expression takes longer for than this does not match it.</summary>
    internal static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);

    [System.Text.Json.Serialization.JsonConstructor]
    internal Tolerance()
    {
    }

    /// <summary>It as it was written, with single spaces.</summary>
    public required string Text { get; init; }

    /// <summary>What is measured: <c>recovery</c>, <c>failed</c>, <c>memory</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>Which quantile of it, 0 to 1; 1 is the largest. Null for the value itself, or the mean.</summary>
    public double? Quantile { get; init; }

    /// <summary>How it is compared.</summary>
    public required ToleranceOperator Operator { get; init; }

    /// <summary>What it is counted in.</summary>
    public required ToleranceUnit Unit { get; init; }

    /// <summary>The limit: milliseconds, a share from 0 to 1, bytes or a number; 0 for a text.</summary>
    public double Limit { get; init; }

    /// <summary>With <see cref="ToleranceOperator.In"/>, the numbers of which it has to be one.</summary>
    public IReadOnlyList<double> Limits { get; init; } = [];

    /// <summary>The text that is expected; empty for a number.</summary>
    public string Expected { get; init; } = "";

    /// <summary>Over how long it is judged, again and again; null for all that was seen.</summary>
    public TimeSpan? Over { get; init; }

    /// <summary>Whether what is watched ends when it does not hold.</summary>
    public bool Aborts { get; init; }

    /// <summary>Whether a value is inside it.</summary>
    /// <param name="value">In the unit of <see cref="Limit"/>.</param>
    /// <returns>False for a tolerance of texts.</returns>
    public bool Holds(double value) => Unit != ToleranceUnit.Text && Operator switch
    {
        ToleranceOperator.Below => value < Limit,
        ToleranceOperator.AtMost => value <= Limit,
        ToleranceOperator.Above => value > Limit,
        ToleranceOperator.AtLeast => value >= Limit,
        ToleranceOperator.NotEqual => value != Limit,
        ToleranceOperator.In => Limits.Contains(value),
        _ => value == Limit,
    };

    /// <summary>Whether a text is inside it.</summary>
    /// <param name="value">The text.</param>
    /// <returns>False for a tolerance of numbers.</returns>
    public bool Holds(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Unit == ToleranceUnit.Text && Operator switch
        {
            ToleranceOperator.Contains => value.Contains(Expected, StringComparison.Ordinal),
            ToleranceOperator.Matches => IsMatch(value),
            ToleranceOperator.NotEqual => !value.Equals(Expected, StringComparison.OrdinalIgnoreCase),
            _ => value.Equals(Expected, StringComparison.OrdinalIgnoreCase),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>A value in its unit, for people.</summary>
    internal string Describe(double value) => Unit switch
    {
        // As many digits as tell it from its neighbours.
        ToleranceUnit.Time => value.ToString(value >= 100 ? "0" : value >= 10 ? "0.#" : "0.###", CultureInfo.InvariantCulture) + " ms",
        // 99.4996 % is not what was promised with 99.5 %, and must not look like it.
        ToleranceUnit.Share => (Math.Floor(value * 100_000) / 1000).ToString("0.###", CultureInfo.InvariantCulture) + " %",
        ToleranceUnit.Size => ByteSize.Format((long)value),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };

    private bool IsMatch(string value)
    {
        try
        {
            return Regex.IsMatch(value, Expected, RegexOptions.CultureInvariant, LongestMatch);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
