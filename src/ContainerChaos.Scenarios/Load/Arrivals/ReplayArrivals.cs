using System.Globalization;

namespace ContainerChaos.Scenarios.Load;

/// <summary>Arrivals as they were recorded: the first is due at once, the others at their distance from it.</summary>
public sealed record ReplayArrivals : ArrivalPattern
{
    private const double MostSeconds = 86_400;

    /// <summary>Takes moments.</summary>
    /// <param name="times">At least two, in any order, of which the first and the last are at most a day apart; only their distances count.</param>
    /// <param name="repeat">Whether it begins again when it is over, after the mean distance; else the load is over then.</param>
    /// <exception cref="ArgumentException">There are fewer than two moments, they are all the same, or they are more than a day apart.</exception>
    public ReplayArrivals(IEnumerable<TimeSpan> times, bool repeat = true)
    {
        TimeSpan[] sorted = [.. times.Order()];
        if (sorted.Length < 2 || sorted[^1] == sorted[0])
            throw new ArgumentException("A replay needs two different moments or more.", nameof(times));
        if ((sorted[^1] - sorted[0]).TotalSeconds > MostSeconds)
            throw new ArgumentException("The moments of a replay are at most a day apart.", nameof(times));
        Offsets = [.. sorted.Select(t => t - sorted[0])];
        Repeat = repeat;
    }

    /// <summary>The distance of each arrival from the first, in rising order.</summary>
    public IReadOnlyList<TimeSpan> Offsets { get; }

    /// <summary>Whether it begins again when it is over.</summary>
    public bool Repeat { get; }

    /// <inheritdoc/>
    public override string Name => "replay";

    /// <inheritdoc/>
    public override double Rate => (Offsets.Count - 1) / Offsets[^1].TotalSeconds;

    /// <inheritdoc/>
    public override string Describe() =>
        FormattableString.Invariant($"{Offsets.Count} recorded arrivals in {Offsets[^1].TotalSeconds:0.###} s{(Repeat ? ", again and again" : "")}");

    /// <summary>
    /// Reads a file: a moment a line, as seconds (<c>12.345</c>, of any epoch) or as a date with time (ISO 8601). What follows a comma, a tab or a space after it is
    /// ignored, so are empty lines and those that begin with <c>#</c>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="repeat">Whether it begins again when it is over.</param>
    /// <returns>The arrivals.</returns>
    /// <exception cref="FormatException">A line is neither; the message has its number.</exception>
    /// <exception cref="ArgumentException">There are fewer than two moments, they are all the same, or they are more than a day apart.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ReplayArrivals Read(string path, bool repeat = true)
    {
        var times = new List<decimal>();
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
                continue;
            int end = text.IndexOfAny([',', '\t', ' ']);
            string first = end < 0 ? text : text[..end];
            if (decimal.TryParse(first, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal seconds))
                times.Add(seconds);
            else if (DateTimeOffset.TryParse(first, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date))
                times.Add((decimal)date.UtcTicks / TimeSpan.TicksPerSecond);
            else
                throw new FormatException($"{path}:{number}: '{first}' is neither seconds nor a date with time.");
        }

        decimal origin = times.Count == 0 ? 0 : times.Min();
        if (times.Any(t => t - origin > (decimal)MostSeconds))
            throw new ArgumentException($"{path}: the moments of a replay are at most a day apart.");
        return new ReplayArrivals(times.Select(t => TimeSpan.FromTicks((long)((t - origin) * TimeSpan.TicksPerSecond))), repeat);
    }

    /// <summary>Equal are the same arrivals.</summary>
    /// <param name="other">Others.</param>
    /// <returns>Whether they are the same.</returns>
    public bool Equals(ReplayArrivals? other) => other is not null && Repeat == other.Repeat && Offsets.SequenceEqual(other.Offsets);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Offsets.Count, Offsets[^1], Repeat);

    internal override void Validate()
    {
    }

    internal override ArrivalSequence Begin() => new Recording(this);

    private sealed class Recording(ReplayArrivals replay) : ListedSequence
    {
        private readonly long _round = (replay.Offsets[^1].Ticks * 100) + (replay.Offsets[^1].Ticks * 100 / (replay.Offsets.Count - 1));
        private long _next;

        protected override bool TryExtend(out long offset)
        {
            (long round, long index) = Math.DivRem(_next, replay.Offsets.Count);
            offset = (round * _round) + (replay.Offsets[(int)index].Ticks * 100);
            if (round > 0 && !replay.Repeat)
                return false;
            _next++;
            return true;
        }
    }
}
