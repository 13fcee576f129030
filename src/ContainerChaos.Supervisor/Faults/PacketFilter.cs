namespace ContainerChaos.Supervisor;

/// <summary>Packets that a fault keeps from a target, or from the others: one rule, in the target's own network namespace.</summary>
public sealed record PacketFilter
{
    /// <summary>Whether packets that arrive are meant; otherwise those that leave.</summary>
    public bool IsInput { get; init; }

    /// <summary>The address of the other side; null for all.</summary>
    public string? Address { get; init; }

    /// <summary>A port; 0 for all. The target's own, unless <see cref="IsPeerPort"/> is set.</summary>
    public ushort Port { get; init; }

    /// <summary>Whether the port is the other side's.</summary>
    public bool IsPeerPort { get; init; }

    /// <summary>Whether packets to the target itself, by its loopback interface, are meant as well.</summary>
    public bool HasLoopback { get; init; }

    /// <summary>The share of the packets, chosen at random, more than 0 and up to 1; null for all.</summary>
    public double? Share { get; init; }

    /// <summary>What becomes of them.</summary>
    public PacketVerdict Verdict { get; init; }
}
