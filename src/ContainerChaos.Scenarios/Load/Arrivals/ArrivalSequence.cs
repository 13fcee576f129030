namespace ContainerChaos.Scenarios.Load;

/// <summary>The moments of one run of an <see cref="ArrivalPattern"/>, in nanoseconds from its start, in rising order.</summary>
internal abstract class ArrivalSequence
{
    /// <summary>The offset of an arrival that never comes.</summary>
    internal const long Never = long.MaxValue;

    /// <summary>When an arrival is due; <see cref="Never"/> after the last one.</summary>
    internal abstract long OffsetOf(long index);

    /// <summary>The first arrival that is due at or after an offset.</summary>
    internal abstract long IndexAtOrAfter(long offset);

    /// <summary>Whether all arrivals before an offset are known: of a closed loop only those that were.</summary>
    internal virtual bool IsKnownUntil(long offset) => true;
}
