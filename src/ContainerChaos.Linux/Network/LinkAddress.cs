namespace ContainerChaos.Linux;

/// <summary>An address of a network interface (rtnetlink(7), struct ifaddrmsg).</summary>
/// <param name="Family">AF_INET or AF_INET6.</param>
/// <param name="PrefixLength">How many bits name the network.</param>
/// <param name="Scope">How far it is valid; 0 is everywhere (RT_SCOPE_UNIVERSE).</param>
/// <param name="Flags">IFA_F_* bits.</param>
/// <param name="Attributes">IFA_ADDRESS, IFA_LOCAL and IFA_BROADCAST, as far as it has them.</param>
public sealed record LinkAddress(byte Family, byte PrefixLength, byte Scope, uint Flags, IReadOnlyList<(ushort Type, byte[] Value)> Attributes)
{
    private const uint IFA_F_PERMANENT = 0x80;

    /// <summary>Whether it was configured to stay, and is valid beyond the host.</summary>
    public bool IsPermanentAndGlobal => (Flags & IFA_F_PERMANENT) != 0 && Scope == 0;
}
