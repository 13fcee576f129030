namespace ContainerChaos.Scenarios.Load;

/// <summary>Judges the thresholds of a load while it runs, every 100 ms or at the end of each stretch that one is about.</summary>
internal sealed class ThresholdJudge
{
    /// <summary>Fewer requests than these prove nothing.</summary>
    internal const int Least = 10;

    private const long Interval = 100_000_000;

    private readonly Judged[] _judged;

    internal ThresholdJudge(IReadOnlyList<Tolerance> thresholds, long start) =>
        _judged = [.. thresholds.Select(t => new Judged(t, start))];

    internal long NextDue { get; private set; } = long.MaxValue;

    internal IReadOnlyList<ThresholdVerdict> Verdicts => [.. _judged.Select(j => new ThresholdVerdict(j.Threshold, j.Worst, j.IsKept))];

    internal void Add(in LoadSample sample)
    {
        foreach (Judged judged in _judged)
        {
            judged.Count++;
            if (!sample.Succeeded)
                judged.Failed++;
            else if (judged.Latencies is { } latencies && judged.Threshold.Subject == LoadThreshold.Latency)
                latencies.Record(sample.Latency);
        }
    }

    internal void AddLateness(long nanoseconds)
    {
        foreach (Judged judged in _judged)
            if (judged.Threshold.Subject == LoadThreshold.Lateness)
                judged.Latencies!.Record(nanoseconds);
    }

    /// <summary>Judges what is due.</summary>
    /// <returns>The threshold that ends the load, or null.</returns>
    internal ThresholdVerdict? Judge(long now, bool isEnd = false)
    {
        NextDue = long.MaxValue;
        ThresholdVerdict? fatal = null;
        foreach (Judged judged in _judged)
        {
            if (now >= judged.Due || isEnd)
            {
                judged.Look(now);
                if (!judged.IsKept && judged.Threshold.Aborts)
                    fatal ??= new ThresholdVerdict(judged.Threshold, judged.Worst, IsKept: false);
            }

            NextDue = Math.Min(NextDue, judged.Due);
        }

        return fatal;
    }

    private sealed class Judged(Tolerance threshold, long start)
    {
        private readonly long _length = threshold.Over is { } over ? over.Ticks * 100 : 0;

        internal Tolerance Threshold => threshold;

        internal LogLinearHistogram? Latencies { get; private set; } = threshold.Quantile is null ? null : new LogLinearHistogram();

        internal long Count { get; set; }

        internal long Failed { get; set; }

        internal double Worst { get; private set; }

        internal bool IsKept { get; private set; } = true;

        internal long Due { get; private set; } = start + (threshold.Over is { } over ? over.Ticks * 100 : Interval);

        internal void Look(long now)
        {
            bool isEnough = (Latencies?.Count ?? Count) >= Least;
            double value = !isEnough ? 0 : Latencies is null ? (double)Failed / Count : Latencies.ValueAt(threshold.Quantile!.Value) / 1e6;
            // Of the whole load the last look counts, unless it aborts; of stretches the worst.
            bool isKept = !isEnough || threshold.Holds(value);
            if (_length == 0)
            {
                Worst = value;
                IsKept = isKept;
                Due = now + Interval;
                return;
            }

            Worst = Math.Max(Worst, value);
            IsKept &= isKept;
            (Count, Failed) = (0, 0);
            if (Latencies is not null)
                Latencies = new LogLinearHistogram();
            Due = now + _length;
        }
    }
}
