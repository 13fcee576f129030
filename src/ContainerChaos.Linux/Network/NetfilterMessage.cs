using System.Buffers.Binary;

namespace ContainerChaos.Linux;

/// <summary>Messages of nfnetlink, whose subsystems (nf_tables, queues) share a header: struct nlmsghdr and struct nfgenmsg.</summary>
internal static class NetfilterMessage
{
    internal const int HeaderSize = 16, GenericSize = 4;
    internal const ushort NLMSG_ERROR = 2, NLMSG_DONE = 3, NLM_F_REQUEST = 1, NLM_F_ACK = 4, NLM_F_DUMP = 0x300;
    internal const byte NFPROTO_UNSPEC = 0, NFPROTO_INET = 1;

    /// <summary>A socket of this thread's network namespace that does not block: the kernel has answered a request when the write returns.</summary>
    internal static int OpenSocket()
    {
        const int AF_NETLINK = 16, SOCK_RAW_CLOEXEC_NONBLOCK = 0x80803, NETLINK_NETFILTER = 12;
        return (int)Libc.Checked("socket", "NETLINK_NETFILTER", Libc.SystemCall((nint)SystemCallNumber.socket, AF_NETLINK, SOCK_RAW_CLOEXEC_NONBLOCK, NETLINK_NETFILTER));
    }

    /// <summary>Writes a message.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="type">The subsystem and its message.</param>
    /// <param name="flags">NLM_F_REQUEST and others.</param>
    /// <param name="family">The family of addresses.</param>
    /// <param name="resource">What it is about: a subsystem, or a queue.</param>
    /// <param name="attributes">What it says.</param>
    internal static void Write(Stream stream, int type, ushort flags, byte family, ushort resource, ReadOnlySpan<byte> attributes)
    {
        Span<byte> header = stackalloc byte[HeaderSize + GenericSize];
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header, header.Length + attributes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], flags);
        header[16] = family;
        BinaryPrimitives.WriteUInt16BigEndian(header[18..], resource);
        stream.Write(header);
        stream.Write(attributes);
    }

    /// <summary>Takes the next of the messages that were read.</summary>
    internal static bool TryTake(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> message)
    {
        var length = rest.Length >= HeaderSize ? BinaryPrimitives.ReadInt32LittleEndian(rest) : 0;
        if (length < HeaderSize || length > rest.Length)
        {
            message = [];
            return false;
        }
        message = rest[..length];
        rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        return true;
    }

    /// <summary>What kind of message it is.</summary>
    internal static ushort TypeOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt16LittleEndian(message[4..]);

    /// <summary>The error that an acknowledgement carries; None when it is none.</summary>
    internal static Errno ErrorOf(ReadOnlySpan<byte> message) => (Errno)(-BinaryPrimitives.ReadInt32LittleEndian(message[HeaderSize..]));
}
