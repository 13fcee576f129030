namespace ContainerChaos.Scenarios.Load;

/// <summary>Counts of successes and failures by the moment of completion, in slots of 10 ms from the start of the load.</summary>
public sealed class LoadTimeline
{
    /// <summary>Width of a slot in nanoseconds.</summary>
    public const long SlotNanoseconds = 10_000_000;

    private readonly List<Slot> _slots = [];

    /// <summary>Creates an empty timeline.</summary>
    /// <param name="start">Monotonic nanoseconds at which slot 0 begins.</param>
    public LoadTimeline(long start) => Start = start;

    /// <summary>Monotonic nanoseconds at which slot 0 begins.</summary>
    public long Start { get; }

    /// <summary>The slots up to the last completion; quiet ones hold zeros.</summary>
    public IReadOnlyList<Slot> Slots => _slots;

    /// <summary>Counts a completed request.</summary>
    /// <param name="sample">The request; one that completed before <see cref="Start"/> counts into slot 0.</param>
    public void Add(in LoadSample sample)
    {
        int index = (int)Math.Max(0, (sample.Completed - Start) / SlotNanoseconds);
        while (_slots.Count <= index)
            _slots.Add(default);
        Slot slot = _slots[index];
        _slots[index] = sample.Succeeded
            ? slot with { Succeeded = slot.Succeeded + 1, WorstLatency = Math.Max(slot.WorstLatency, sample.Latency) }
            : slot with { Failed = slot.Failed + 1 };
    }

    /// <summary>Builds the timeline of recorded samples.</summary>
    /// <param name="start">Monotonic nanoseconds at which slot 0 begins.</param>
    /// <param name="samples">The samples in any order.</param>
    /// <returns>The timeline.</returns>
    public static LoadTimeline Of(long start, IEnumerable<LoadSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var timeline = new LoadTimeline(start);
        foreach (LoadSample sample in samples)
            timeline.Add(sample);
        return timeline;
    }

    /// <summary>What completed in one slot.</summary>
    /// <param name="Succeeded">Requests that succeeded.</param>
    /// <param name="Failed">Requests that failed, dropped ones included.</param>
    /// <param name="WorstLatency">The largest latency of a success, from its intended send time, in nanoseconds.</param>
    public readonly record struct Slot(int Succeeded, int Failed, long WorstLatency);
}
