namespace ContainerChaos.Linux;

/// <summary>How a bad network treats the packets that leave by an interface (tc-netem(8)).</summary>
public sealed record NetworkEmulation
{
    /// <summary>How long each packet is held back, up to a minute.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>By how much more or less, evenly distributed; at most the delay.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>How many packets are lost, in per cent.</summary>
    public double Loss { get; init; }

    /// <summary>How many are sent twice, in per cent.</summary>
    public double Duplicate { get; init; }

    /// <summary>How many overtake those that are held back, in per cent: it needs a delay.</summary>
    public double Reorder { get; init; }

    /// <summary>In how many a single bit is flipped, in per cent.</summary>
    public double Corrupt { get; init; }

    /// <summary>Bytes a second; 0 for as fast as the interface is.</summary>
    public long Rate { get; init; }
}
