using System.Buffers.Binary;

namespace ContainerChaos.Linux;

/// <summary>A rule of an nf_tables chain: expressions that load something of a packet into registers, compare it, and act.</summary>
/// <remarks>
/// Registers are the sixteen of four bytes (NFT_REG32_00 is 8), named here by 0 to 15. An expression that does not match ends the rule.
/// </remarks>
public sealed class NftRule
{
    private const uint NFT_REG_VERDICT = 0, NFT_REG32_00 = 8;
    private const uint NFT_META_MARK = 3, NFT_META_IIFNAME = 6, NFT_META_OIFNAME = 7, NFT_META_NFPROTO = 15, NFT_META_L4PROTO = 16;
    private const byte NFPROTO_IPV4 = 2, NFPROTO_IPV6 = 10;
    private const byte SYN = 2, RST = 4, ACK = 16;

    internal NetlinkAttributes Expressions { get; } = new();

    /// <summary>Only packets of one version of IP.</summary>
    public NftRule Version(bool ipv6) => Meta(NFT_META_NFPROTO, 0).Compare(0, [ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4]);

    /// <summary>Only packets of a transport protocol (6 is TCP, 17 UDP).</summary>
    public NftRule Protocol(byte protocol) => Meta(NFT_META_L4PROTO, 0).Compare(0, [protocol]);

    /// <summary>Only packets of any other transport protocol.</summary>
    public NftRule ProtocolIsNot(byte protocol) => Meta(NFT_META_L4PROTO, 0).Compare(0, [protocol], notEqual: true);

    /// <summary>Only packets to a port. The protocol must have been compared or loaded.</summary>
    public NftRule DestinationPort(ushort port) => LoadDestinationPort(0).Compare(0, [(byte)(port >> 8), (byte)port]);

    /// <summary>Only packets from a port. The protocol must have been compared or loaded.</summary>
    public NftRule SourcePort(ushort port) => Payload(2, 0, 2, 0).Compare(0, [(byte)(port >> 8), (byte)port]);

    /// <summary>Only packets whose mark is another (socket(7), SO_MARK).</summary>
    public NftRule MarkIsNot(uint mark)
    {
        var value = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(value, mark);
        return Meta(NFT_META_MARK, 0).Compare(0, value, notEqual: true);
    }

    /// <summary>Only packets from an address.</summary>
    public NftRule Source(byte[] address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return LoadSource(address.Length == 16, 0).Compare(0, address);
    }

    /// <summary>Only packets that leave by another interface than this one.</summary>
    public NftRule OutputNameIsNot(string name) => LoadOutputName(0).Compare(0, NftType.NameKey(name), notEqual: true);

    /// <summary>Only packets that came by another interface than this one.</summary>
    public NftRule InputNameIsNot(string name) => LoadInputName(0).Compare(0, NftType.NameKey(name), notEqual: true);

    /// <summary>Only packets to an address.</summary>
    public NftRule Destination(byte[] address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return LoadDestination(address.Length == 16, 0).Compare(0, address);
    }

    /// <summary>Only packets whose destination is an address of this host.</summary>
    public NftRule DestinationIsLocal()
    {
        const uint NFT_FIB_RESULT_ADDRTYPE = 3, NFTA_FIB_F_DADDR = 2, RTN_LOCAL = 2;
        var type = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(type, RTN_LOCAL);
        return Add("fib", new NetlinkAttributes().AddBigEndian(1, Register(0)).AddBigEndian(2, NFT_FIB_RESULT_ADDRTYPE).AddBigEndian(3, NFTA_FIB_F_DADDR)).Compare(0, type);
    }

    /// <summary>Only packets whose destination is no loopback address: 127.0.0.0/8 or ::1.</summary>
    public NftRule NotLoopback(bool ipv6) => ipv6
        ? LoadDestination(ipv6, 0).Compare(0, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], notEqual: true)
        : Payload(1, 16, 1, 0).Compare(0, [127], notEqual: true);

    /// <summary>Only packets of connections whose state has one of the bits (NF_CT_STATE_BIT: 2 established, 4 related, 8 new).</summary>
    public NftRule ConnectionState(uint bits) => Connection(0, bits);

    /// <summary>Only packets of connections whose status has one of the bits (enum ip_conntrack_status: 32 is IPS_DST_NAT).</summary>
    public NftRule ConnectionStatus(uint bits) => Connection(2, bits);

    /// <summary>Loads the source address.</summary>
    public NftRule LoadSource(bool ipv6, int register) => Payload(1, ipv6 ? 8u : 12u, ipv6 ? 16u : 4u, register);

    /// <summary>Loads the destination address.</summary>
    public NftRule LoadDestination(bool ipv6, int register) => Payload(1, ipv6 ? 24u : 16u, ipv6 ? 16u : 4u, register);

    /// <summary>Loads the destination port.</summary>
    public NftRule LoadDestinationPort(int register) => Payload(2, 2, 2, register);

    /// <summary>Loads the transport protocol.</summary>
    public NftRule LoadProtocol(int register) => Meta(NFT_META_L4PROTO, register);

    /// <summary>Loads the name of the interface that the packet came by.</summary>
    public NftRule LoadInputName(int register) => Meta(NFT_META_IIFNAME, register);

    /// <summary>Loads the name of the interface that the packet leaves by.</summary>
    public NftRule LoadOutputName(int register) => Meta(NFT_META_OIFNAME, register);

    /// <summary>Only packets whose registers hold a key of a set.</summary>
    /// <param name="set">Its name.</param>
    /// <param name="register">Where the key begins.</param>
    /// <param name="inverted">Only those whose registers hold none.</param>
    public NftRule In(string set, int register, bool inverted = false) =>
        Add("lookup", new NetlinkAttributes().Add(1, set).AddBigEndian(2, Register(register)).AddBigEndian(5, inverted ? 1u : 0));

    /// <summary>Looks a key up in a map and loads its data; only packets whose key is there.</summary>
    public NftRule Map(string map, int key, int data) =>
        Add("lookup", new NetlinkAttributes().Add(1, map).AddBigEndian(2, Register(key)).AddBigEndian(3, Register(data)));

    /// <summary>Loads a constant.</summary>
    public NftRule Load(int register, byte[] value) =>
        Add("immediate", new NetlinkAttributes().AddBigEndian(1, Register(register)).Nest(2, new NetlinkAttributes().Add(1, value)));

    /// <summary>Sends the connection to the address and the port that are loaded.</summary>
    public NftRule TranslateDestination(bool ipv6, int address, int port)
    {
        const uint NFT_NAT_DNAT = 1;
        return Add("nat", new NetlinkAttributes().AddBigEndian(1, NFT_NAT_DNAT).AddBigEndian(2, ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4)
            .AddBigEndian(3, Register(address)).AddBigEndian(5, Register(port)));
    }

    /// <summary>Gives the connection the address of the interface that it leaves by as its source.</summary>
    public NftRule Masquerade() => Add("masq", new NetlinkAttributes());

    /// <summary>Lets the packet pass this table.</summary>
    public NftRule Accept() => Verdict(1);

    /// <summary>Drops the packet.</summary>
    public NftRule Drop() => Verdict(0);

    /// <summary>Hands the packet over to whoever has a <see cref="PacketQueue"/>; where nobody has, it passes.</summary>
    /// <param name="number">The queue's number.</param>
    /// <param name="isTarget">Whether by the target of iptables (xt_NFQUEUE through nft_compat), for kernels without nft_queue.</param>
    public NftRule Queue(ushort number, bool isTarget)
    {
        const byte queues = 1, bypass = 1;
        if (!isTarget)
            return Add("queue", new NetlinkAttributes().Add(1, [(byte)(number >> 8), (byte)number]).Add(2, [0, queues]).Add(3, [0, bypass]));
        // struct xt_NFQ_info_v3, in the host's order.
        return Add("target", new NetlinkAttributes().Add(1, "NFQUEUE").AddBigEndian(2, 3).Add(3, [(byte)number, (byte)(number >> 8), queues, 0, bypass, 0]));
    }

    /// <summary>Drops the packet and resets its TCP connection, as who refuses it does.</summary>
    public NftRule ResetConnection()
    {
        const uint NFT_REJECT_TCP_RST = 1;
        return Add("reject", new NetlinkAttributes().AddBigEndian(1, NFT_REJECT_TCP_RST).Add(2, [0]));
    }

    /// <summary>Drops the packet and says that nobody is there, as who has no such port does: ICMP, port unreachable.</summary>
    public NftRule RejectPort()
    {
        const uint NFT_REJECT_ICMPX_UNREACH = 2;
        const byte NFT_REJECT_ICMPX_PORT_UNREACH = 1;
        return Add("reject", new NetlinkAttributes().AddBigEndian(1, NFT_REJECT_ICMPX_UNREACH).Add(2, [NFT_REJECT_ICMPX_PORT_UNREACH]));
    }

    /// <summary>Only TCP packets that do not end a connection by RST themselves.</summary>
    public NftRule IsNoReset() => Flags(RST, 0);

    /// <summary>Only TCP packets that ask for a connection: SYN without ACK.</summary>
    public NftRule IsRequest() => Flags(SYN | ACK, SYN);

    /// <summary>Only when more connections than that have passed this rule and are still there (nft_connlimit, as <c>ct count over</c> of nft(8)).</summary>
    public NftRule ConnectionsOver(uint count)
    {
        const uint NFT_CONNLIMIT_F_INV = 1;
        return Add("connlimit", new NetlinkAttributes().AddBigEndian(1, count).AddBigEndian(2, NFT_CONNLIMIT_F_INV));
    }

    /// <summary>Goes on in another chain of the table, and comes back when that one has decided nothing.</summary>
    public NftRule Jump(string chain)
    {
        const uint NFT_JUMP = unchecked((uint)-3);
        return Verdict(new NetlinkAttributes().AddBigEndian(1, NFT_JUMP).Add(2, chain));
    }

    /// <summary>Only a share of the packets, chosen at random, 0 to 1.</summary>
    public NftRule Share(double share)
    {
        const uint NFT_NG_RANDOM = 1, NFT_BYTEORDER_HTON = 1, NFT_CMP_LT = 2, modulus = 1_000_000;
        var bound = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bound, (uint)Math.Round(Math.Clamp(share, 0, 1) * modulus));
        Add("numgen", new NetlinkAttributes().AddBigEndian(1, Register(0)).AddBigEndian(2, modulus).AddBigEndian(3, NFT_NG_RANDOM));
        // Registers are compared byte by byte, from the first.
        Add("byteorder", new NetlinkAttributes().AddBigEndian(1, Register(0)).AddBigEndian(2, Register(0)).AddBigEndian(3, NFT_BYTEORDER_HTON).AddBigEndian(4, 4).AddBigEndian(5, 4));
        return Add("cmp", new NetlinkAttributes().AddBigEndian(1, Register(0)).AddBigEndian(2, NFT_CMP_LT).Nest(3, new NetlinkAttributes().Add(1, bound)));
    }

    private NftRule Connection(uint key, uint bits)
    {
        var mask = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(mask, bits);
        Add("ct", new NetlinkAttributes().AddBigEndian(1, Register(0)).AddBigEndian(2, key));
        Add("bitwise", new NetlinkAttributes().AddBigEndian(1, Register(0)).AddBigEndian(2, Register(0)).AddBigEndian(3, 4)
            .Nest(4, new NetlinkAttributes().Add(1, mask)).Nest(5, new NetlinkAttributes().Add(1, new byte[4])));
        return Compare(0, new byte[4], notEqual: true);
    }

    private NftRule Compare(int register, byte[] value, bool notEqual = false) =>
        Add("cmp", new NetlinkAttributes().AddBigEndian(1, Register(register)).AddBigEndian(2, notEqual ? 1u : 0).Nest(3, new NetlinkAttributes().Add(1, value)));

    private NftRule Meta(uint key, int register) => Add("meta", new NetlinkAttributes().AddBigEndian(2, key).AddBigEndian(1, Register(register)));

    private NftRule Payload(uint header, uint offset, uint length, int register) =>
        Add("payload", new NetlinkAttributes().AddBigEndian(1, Register(register)).AddBigEndian(2, header).AddBigEndian(3, offset).AddBigEndian(4, length));

    private NftRule Flags(byte mask, byte value)
    {
        // The flags are the fourteenth byte of the header (RFC 9293).
        Payload(2, 13, 1, 0);
        Add("bitwise", new NetlinkAttributes().AddBigEndian(1, Register(0)).AddBigEndian(2, Register(0)).AddBigEndian(3, 1)
            .Nest(4, new NetlinkAttributes().Add(1, [mask])).Nest(5, new NetlinkAttributes().Add(1, [0])));
        return Compare(0, [value]);
    }

    private NftRule Verdict(uint code) => Verdict(new NetlinkAttributes().AddBigEndian(1, code));

    private NftRule Verdict(NetlinkAttributes verdict) =>
        Add("immediate", new NetlinkAttributes().AddBigEndian(1, NFT_REG_VERDICT).Nest(2, new NetlinkAttributes().Nest(2, verdict)));

    private NftRule Add(string name, NetlinkAttributes data)
    {
        Expressions.Nest(1, new NetlinkAttributes().Add(1, name).Nest(2, data));
        return this;
    }

    private static uint Register(int number) => NFT_REG32_00 + (uint)number;
}
