using System.Buffers.Binary;
using static ContainerChaos.Linux.NetfilterMessage;

namespace ContainerChaos.Linux;

/// <summary>
/// Packets of a network namespace that wait for this process to say what becomes of them (nfnetlink_queue): those that
/// <see cref="NftRule.Queue"/> hands over. Large ones that a network card would cut come as they would be cut.
/// </summary>
/// <remarks>
/// include/uapi/linux/netfilter/nfnetlink_queue.h. When it is closed, or its process ends, what waits in it is dropped and what comes then passes.
/// </remarks>
public sealed class PacketQueue : FileDescriptor
{
    private const int NFQNL_MSG_VERDICT = 0x301, NFQNL_MSG_CONFIG = 0x302, NFQNL_MSG_PACKET = 0x300;
    private const ushort NFQA_PACKET_HDR = 1, NFQA_VERDICT_HDR = 2, NFQA_PAYLOAD = 10;
    private const uint NF_DROP = 0, NF_ACCEPT = 1;
    private const byte NF_INET_LOCAL_IN = 1;

    private readonly ushort _number;
    private readonly MemoryStream _message = new();

    private PacketQueue(ushort number)
        : base(OpenSocket()) => _number = number;

    /// <summary>Takes a queue of this thread's network namespace.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="maximumWaiting">How many packets wait at most; more are dropped.</param>
    /// <exception cref="ErrnoException">EPROTONOSUPPORT, EINVAL: the kernel has no nfnetlink_queue; EBUSY: somebody has that queue; EPERM: without CAP_NET_ADMIN.</exception>
    public static PacketQueue Bind(ushort number, int maximumWaiting)
    {
        const byte NFQNL_CFG_CMD_BIND = 1, NFQNL_COPY_PACKET = 2;
        const ushort NFQA_CFG_CMD = 1, NFQA_CFG_PARAMS = 2, NFQA_CFG_QUEUE_MAXLEN = 3;
        var queue = new PacketQueue(number);
        try
        {
            queue.MakeRoom();
            queue.Configure(new NetlinkAttributes().Add(NFQA_CFG_CMD, [NFQNL_CFG_CMD_BIND, 0, 0, 0]));
            // Whole packets.
            queue.Configure(new NetlinkAttributes().Add(NFQA_CFG_PARAMS, [0, 0, 0xff, 0xff, NFQNL_COPY_PACKET]).AddBigEndian(NFQA_CFG_QUEUE_MAXLEN, (uint)maximumWaiting));
            return queue;
        }
        catch
        {
            queue.Dispose();
            throw;
        }
    }

    /// <summary>Whether the kernel has such queues, and rules that hand packets over to them. Tried in a network namespace of its own.</summary>
    /// <exception cref="ErrnoException">EPERM: without CAP_SYS_ADMIN.</exception>
    public static bool IsThere()
    {
        using var space = NetworkNamespace.Create();
        return space.Run(() =>
        {
            const string name = "queue";
            using var table = NftTable.TryOpen(name);
            if (table is null)
                return false;
            try
            {
                using var queue = Bind(1, 1);
                Errno Try(bool isTarget) => table.TryCommit(table.Begin().AddTable().AddChain(name, "filter", NftHook.Output, 0).AddRule(name, new NftRule().Queue(1, isTarget)));
                return Try(isTarget: false) == Errno.None || Try(isTarget: true) == Errno.None;
            }
            catch (ErrnoException e) when (e.Errno != Errno.EPERM)
            {
                return false;
            }
        });
    }

    /// <summary>Takes note of the next packet that waits.</summary>
    /// <returns>False when there is none that has not been told.</returns>
    public bool TryReceive(out QueuedPacket packet)
    {
        packet = default;
        var buffer = NetlinkBuffer.Bytes;
        while (Read(buffer) is > HeaderSize + GenericSize and var count)
        {
            ReadOnlySpan<byte> message = buffer.AsSpan(0, count);
            // Errors are those of packets that were gone before they were let go.
            if (TypeOf(message) == NFQNL_MSG_PACKET && TryParse(message[(HeaderSize + GenericSize)..], out packet))
                return true;
        }
        return false;
    }

    /// <summary>Lets a packet go on. One that is gone is no error.</summary>
    public void Accept(uint id) => Decide(id, NF_ACCEPT, []);

    /// <summary>Lets a packet go on as other bytes. Its checksums are not mended.</summary>
    public void Accept(uint id, ReadOnlySpan<byte> bytes) => Decide(id, NF_ACCEPT, bytes);

    /// <summary>Lets a packet get lost.</summary>
    public void Drop(uint id) => Decide(id, NF_DROP, []);

    private void Decide(uint id, uint verdict, ReadOnlySpan<byte> bytes)
    {
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(header, verdict);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], id);
        var attributes = new NetlinkAttributes().Add(NFQA_VERDICT_HDR, header);
        if (bytes.Length > 0)
            attributes.Add(NFQA_PAYLOAD, bytes);
        Send(NFQNL_MSG_VERDICT, 0, attributes);
    }

    private void Configure(NetlinkAttributes attributes)
    {
        Send(NFQNL_MSG_CONFIG, NLM_F_ACK, attributes);
        var buffer = NetlinkBuffer.Bytes;
        while (Read(buffer) is > HeaderSize and var count)
        {
            ReadOnlySpan<byte> message = buffer.AsSpan(0, count);
            if (TypeOf(message) != NLMSG_ERROR)
                continue;
            if (ErrorOf(message) is var errno and not Errno.None)
                throw new ErrnoException(errno, "NFQNL_MSG_CONFIG", $"queue {_number}");
            return;
        }
    }

    private void Send(int type, ushort flags, NetlinkAttributes attributes)
    {
        _message.SetLength(0);
        NetfilterMessage.Write(_message, type, (ushort)(NLM_F_REQUEST | flags), NFPROTO_UNSPEC, _number, attributes.Bytes);
        Write(_message.GetBuffer().AsSpan(0, (int)_message.Length));
    }

    /// <summary>What does not fit is dropped, as in any queue that is full, and is no error of this socket.</summary>
    private unsafe void MakeRoom()
    {
        const int SOL_SOCKET = 1, SO_RCVBUFFORCE = 33, SOL_NETLINK = 270, NETLINK_NO_ENOBUFS = 5;
        var size = 4 << 20;
        Libc.SystemCall((nint)SystemCallNumber.setsockopt, Number, SOL_SOCKET, SO_RCVBUFFORCE, (nint)(&size), sizeof(int));
        var on = 1;
        Libc.Checked("setsockopt", "NETLINK_NO_ENOBUFS", Libc.SystemCall((nint)SystemCallNumber.setsockopt, Number, SOL_NETLINK, NETLINK_NO_ENOBUFS, (nint)(&on), sizeof(int)));
    }

    private static bool TryParse(ReadOnlySpan<byte> attributes, out QueuedPacket packet)
    {
        ReadOnlySpan<byte> header = [], bytes = [];
        while (NetlinkAttributes.TryTake(ref attributes, out var type, out var value))
        {
            if (type == NFQA_PACKET_HDR)
                header = value;
            else if (type == NFQA_PAYLOAD)
                bytes = value;
        }
        // Its number, the protocol below, and the hook.
        if (header.Length < 7)
        {
            packet = default;
            return false;
        }
        packet = new QueuedPacket { Id = BinaryPrimitives.ReadUInt32BigEndian(header), IsInput = header[6] == NF_INET_LOCAL_IN, Bytes = bytes };
        return true;
    }
}
