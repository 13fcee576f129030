using System.Buffers.Binary;
using System.Diagnostics;

namespace ContainerChaos.Linux;

/// <summary>
/// The TCP connections of one network namespace that its processes have closed, and whose other side has not yet confirmed all that was sent, the end
/// included (sock_diag(7)). The kernel goes on sending for a process that is gone, but only as long as there is a network to send through.
/// </summary>
public static class ClosingSockets
{
    private const int AF_NETLINK = 16, SOCK_RAW_CLOEXEC_NONBLOCK = 0x80803, NETLINK_SOCK_DIAG = 4;
    private const byte AF_INET = 2, AF_INET6 = 10, IPPROTO_TCP = 6;
    private const ushort SOCK_DIAG_BY_FAMILY = 20, NLMSG_ERROR = 2, NLMSG_DONE = 3, NLM_F_REQUEST_DUMP = 0x301;
    private const int HeaderSize = 16, RequestSize = HeaderSize + 56;

    // TCP_FIN_WAIT1, TCP_LAST_ACK and TCP_CLOSING of include/net/tcp_states.h.
    private const uint Unconfirmed = (1 << 4) | (1 << 9) | (1 << 11);

    // SKNLGRP_INET_TCP_DESTROY and SKNLGRP_INET6_TCP_DESTROY of include/uapi/linux/sock_diag.h.
    private const uint Ends = (1 << 0) | (1 << 2);

    /// <summary>Waits until this thread's network namespace has none.</summary>
    /// <param name="patience">How long at most.</param>
    /// <returns>False when there are some still; true as well where the kernel does not tell (CONFIG_INET_DIAG).</returns>
    public static bool WaitForNone(TimeSpan patience)
    {
        if (!HasSockets())
            return true;
        try
        {
            using var socket = Open(0);
            if (!Any(socket))
                return true;
            var began = Stopwatch.GetTimestamp();
            using var ends = Open(Ends);
            using var poll = new EventPoll();
            poll.Add(ends, EventPollFlags.EPOLLIN, 0);
            while (Any(socket))
            {
                var left = patience - Stopwatch.GetElapsedTime(began);
                if (left <= TimeSpan.Zero)
                    return false;
                if (poll.Wait(left, static (_, _) => { }) > 0)
                    Discard(ends);
            }
            return true;
        }
        catch (ErrnoException)
        {
            // No such protocol of netlink, or this user may not listen.
            return true;
        }
    }

    /// <summary>
    /// Whether the namespace has any TCP socket at all, open or closing (proc_pid_net(5), sockstat: the two counters are its own). To list them is to look
    /// through the table of all namespaces, which takes longer than the rest of a network's end.
    /// </summary>
    private static bool HasSockets() =>
        !Says("/proc/thread-self/net/sockstat", "TCP: inuse 0 "u8) || !Says("/proc/thread-self/net/sockstat6", "TCP6: inuse 0\n"u8);

    private static bool Says(string path, ReadOnlySpan<byte> text)
    {
        using var file = FileDescriptor.TryOpen(path, OpenFlags.O_RDONLY, 0, out _);
        Span<byte> content = stackalloc byte[512];
        return file is not null && content[..file.Read(content)].IndexOf(text) >= 0;
    }

    private static unsafe FileDescriptor Open(uint groups)
    {
        var socket = new FileDescriptor((int)Libc.Checked(
            "socket", "NETLINK_SOCK_DIAG", Libc.SystemCall((nint)SystemCallNumber.socket, AF_NETLINK, SOCK_RAW_CLOEXEC_NONBLOCK, NETLINK_SOCK_DIAG)));
        if (groups == 0)
            return socket;
        try
        {
            // struct sockaddr_nl: the family, padding, no port of our own choice, the groups.
            Span<byte> address = stackalloc byte[12];
            address.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(address, AF_NETLINK);
            BinaryPrimitives.WriteUInt32LittleEndian(address[8..], groups);
            fixed (byte* data = address)
                Libc.Checked("bind", "NETLINK_SOCK_DIAG", Libc.SystemCall((nint)SystemCallNumber.bind, socket.Number, (nint)data, address.Length));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool Any(FileDescriptor socket) => Any(socket, AF_INET) || Any(socket, AF_INET6);

    private static bool Any(FileDescriptor socket, byte family)
    {
        // struct nlmsghdr, then struct inet_diag_req_v2.
        Span<byte> request = stackalloc byte[RequestSize];
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, RequestSize);
        BinaryPrimitives.WriteUInt16LittleEndian(request[4..], SOCK_DIAG_BY_FAMILY);
        BinaryPrimitives.WriteUInt16LittleEndian(request[6..], NLM_F_REQUEST_DUMP);
        request[HeaderSize] = family;
        request[HeaderSize + 1] = IPPROTO_TCP;
        BinaryPrimitives.WriteUInt32LittleEndian(request[(HeaderSize + 4)..], Unconfirmed);
        socket.Write(request);

        var found = false;
        var buffer = NetlinkBuffer.Bytes;
        while (socket.Read(buffer) is > 0 and var count)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, count);
            while (rest.Length >= HeaderSize)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
                var type = BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]);
                if (length < HeaderSize || length > rest.Length || type is NLMSG_ERROR or NLMSG_DONE)
                    return found;
                found |= type == SOCK_DIAG_BY_FAMILY;
                rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
            }
        }
        return found;
    }

    private static void Discard(FileDescriptor socket)
    {
        while (socket.Read(NetlinkBuffer.Bytes) > 0)
        {
        }
    }
}
