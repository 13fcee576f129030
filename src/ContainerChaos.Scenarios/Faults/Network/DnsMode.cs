namespace ContainerChaos.Scenarios.Faults;

/// <summary>How the name servers of a target fail it.</summary>
public enum DnsMode
{
    /// <summary>Their answers are dropped: the resolver waits for its time-outs.</summary>
    Drop,

    /// <summary>What is sent to port 53 fails at once: RST by TCP; by UDP ICMP port unreachable, and EPERM.</summary>
    Refuse,

    /// <summary>Every answer says that the server failed (SERVFAIL).</summary>
    Fail,

    /// <summary>Every answer says that there is no such name (NXDOMAIN).</summary>
    Unknown,

    /// <summary>Every answer is a wrong address, with a time to live of 0.</summary>
    Lie,

    /// <summary>Every answer is late.</summary>
    Delay,
}
