using System.Globalization;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Load;

/// <summary>
/// A limit that a load shall keep: <c>failed &lt; 5%</c>, <c>p99 &lt; 250ms over 1s</c>, <c>lateness p99 &lt; 10ms</c>, <c>failed &lt; 90% over 2s or abort</c>.
/// Quantiles are of the latencies of successes from the intended send time; <c>lateness</c> is the generator's own.
/// </summary>
public sealed record LoadThreshold
{
    private LoadThreshold()
    {
    }

    /// <summary>It as it was written.</summary>
    public required string Text { get; init; }

    /// <summary>The share of failures when it is about them; else null.</summary>
    public double? FailedShare { get; private init; }

    /// <summary>The limit of a latency; null when it is about failures.</summary>
    public TimeSpan? Latency { get; private init; }

    /// <summary>Which quantile of the latencies, 0 to 1; 1 is the largest.</summary>
    public double Quantile { get; private init; }

    /// <summary>Whether it is about the lateness of the generator itself.</summary>
    public bool IsLateness { get; private init; }

    /// <summary>Over how long it is judged, again and again; null for the whole load, as far as it has come.</summary>
    public TimeSpan? Over { get; private init; }

    /// <summary>Whether the load ends when it is not kept.</summary>
    public bool Aborts { get; private init; }

    /// <summary>Reads one.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The threshold.</returns>
    /// <exception cref="FormatException">It is none.</exception>
    public static LoadThreshold Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var rest = new Queue<string>(words);
        string Next() => rest.TryDequeue(out string? word) ? word : "";
        FormatException Wrong() => new($"'{text}' is not a threshold; write 'failed < 5%', 'p99 < 250ms over 1s' or 'failed < 90% over 2s or abort'.");

        string metric = Next();
        bool isLateness = metric == "lateness";
        if (isLateness)
            metric = Next();
        double quantile = metric switch
        {
            "failed" when !isLateness => 0,
            "max" => 1,
            ['p', .. var digits] when double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent is > 0 and < 100 => percent / 100,
            _ => throw Wrong(),
        };
        if (Next() != "<")
            throw Wrong();
        string limit = Next();
        double? share = null;
        TimeSpan? latency = null;
        if (metric == "failed")
            share = limit.EndsWith('%') && double.TryParse(limit[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent <= 100 ? percent / 100 : throw Wrong();
        else
            latency = Time(limit) ?? throw Wrong();
        TimeSpan? over = null;
        if (rest.TryPeek(out string? word) && word == "over")
        {
            Next();
            over = Time(Next()) is { } time && time >= TimeSpan.FromMilliseconds(10) ? time : throw Wrong();
        }

        bool aborts = rest.Count > 0;
        if (aborts && (Next() != "or" || Next() != "abort" || rest.Count > 0))
            throw Wrong();
        return new LoadThreshold { Text = string.Join(' ', words), FailedShare = share, Latency = latency, Quantile = quantile, IsLateness = isLateness, Over = over, Aborts = aborts };
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static TimeSpan? Time(string text) =>
        DurationText.TryParse(text, out TimeSpan time) && time > TimeSpan.Zero && time <= TimeSpan.FromDays(1) ? time : null;
}
