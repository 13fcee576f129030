using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios;

/// <summary>The load of a trial on its way from another machine. The pattern of arrivals is the scenario's, and the latencies are counted again from the requests.</summary>
internal sealed record PackedLoad
{
    private const int Fields = 5;

    public required long Start { get; init; }

    public required long End { get; init; }

    /// <summary>Of each request: intended, sent and completed (nanoseconds from the start), outcome, status.</summary>
    public required long[] Samples { get; init; }

    /// <summary>Of the generator's lateness, which the requests do not tell: each bucket and its count. What is read from it differs by no more than the histogram's own error.</summary>
    public required long[] Lateness { get; init; }

    public required long Dropped { get; init; }

    public required int PeakPending { get; init; }

    public required long Connections { get; init; }

    public required long Attempts { get; init; }

    public required IReadOnlyList<ThresholdVerdict> Thresholds { get; init; }

    public required ThresholdVerdict? AbortedBy { get; init; }

    public required TimeSpan ProcessorTime { get; init; }

    internal static PackedLoad Of(LoadResult load)
    {
        long start = load.Schedule.Start;
        return new PackedLoad
        {
            Start = start,
            End = load.End,
            Samples = [.. load.Samples.SelectMany(s => (long[])[s.Intended - start, s.Sent - start, s.Completed - start, (long)s.Outcome, s.Status])],
            Lateness = [.. load.Lateness.Buckets().SelectMany(bucket => (long[])[bucket.Key, bucket.Value])],
            Dropped = load.Dropped,
            PeakPending = load.PeakPending,
            Connections = load.Connections,
            Attempts = load.Attempts,
            Thresholds = load.Thresholds,
            AbortedBy = load.AbortedBy,
            ProcessorTime = load.ProcessorTime,
        };
    }

    internal LoadResult Unpack(ArrivalPattern arrivals)
    {
        LoadSample[] samples = [.. Samples.Chunk(Fields).Select(s => new LoadSample(Start + s[0], Start + s[1], Start + s[2], (RequestOutcome)s[3], (short)s[4]))];
        LogLinearHistogram corrected = new(), uncorrected = new(), lateness = new();
        foreach (LoadSample sample in samples.Where(sample => sample.Succeeded))
        {
            corrected.Record(sample.Latency);
            uncorrected.Record(sample.ServiceTime);
        }

        foreach (long[] bucket in Lateness.Chunk(2))
            lateness.Record(bucket[0], bucket[1]);
        return new LoadResult
        {
            Schedule = new ArrivalSchedule(Start, arrivals),
            End = End,
            Samples = samples,
            Corrected = corrected,
            Uncorrected = uncorrected,
            Lateness = lateness,
            Dropped = Dropped,
            PeakPending = PeakPending,
            Connections = Connections,
            Attempts = Attempts,
            Thresholds = Thresholds,
            AbortedBy = AbortedBy,
            ProcessorTime = ProcessorTime,
        };
    }
}
