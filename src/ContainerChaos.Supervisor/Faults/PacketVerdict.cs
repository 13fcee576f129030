namespace ContainerChaos.Supervisor;

/// <summary>What becomes of the packets that a filter matches.</summary>
public enum PacketVerdict
{
    /// <summary>They are dropped without a word.</summary>
    Drop,

    /// <summary>TCP connections are reset (RST); packets of other protocols are not matched.</summary>
    Reset,

    /// <summary>As if nobody had the port: RST for TCP, ICMP port unreachable for UDP.</summary>
    Refuse,
}
