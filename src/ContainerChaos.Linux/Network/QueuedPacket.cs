namespace ContainerChaos.Linux;

/// <summary>A packet that waits in a <see cref="PacketQueue"/>.</summary>
public readonly ref struct QueuedPacket
{
    /// <summary>Its number in the queue.</summary>
    public uint Id { get; init; }

    /// <summary>Whether it has arrived; otherwise it is about to leave.</summary>
    public bool IsInput { get; init; }

    /// <summary>The packet from its IP header on. Valid until the next one is received.</summary>
    public ReadOnlySpan<byte> Bytes { get; init; }
}
