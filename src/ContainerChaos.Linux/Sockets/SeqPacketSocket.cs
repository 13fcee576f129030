using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>
/// A Unix socket that keeps message boundaries and carries descriptors (unix(7), SOCK_SEQPACKET).
/// </summary>
public sealed unsafe class SeqPacketSocket : FileDescriptor
{
    private const int AF_UNIX = 1, SOCK_SEQPACKET = 5, SOCK_CLOEXEC = 0x80000, SOCK_NONBLOCK = 0x800;
    private const int SOL_SOCKET = 1, SCM_RIGHTS = 1, MSG_NOSIGNAL = 0x4000, MSG_CMSG_CLOEXEC = 0x40000000, MSG_TRUNC = 0x20;

    /// <summary>How many descriptors one message carries at most.</summary>
    public const int MaximumDescriptors = 3;

    private SeqPacketSocket(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Listens at a path that must not exist, with access for its owner only.</summary>
    /// <exception cref="ErrnoException">EADDRINUSE: the path exists.</exception>
    public static SeqPacketSocket Listen(string path)
    {
        var socket = Create(SOCK_NONBLOCK);
        try
        {
            const int ownerOnly = 0x3F; // umask 077
            var mask = Libc.SystemCall((nint)SystemCallNumber.umask, ownerOnly);
            try
            {
                UnixAddress.With(path, (address, length) =>
                    Libc.Checked("bind", null, Libc.SystemCall((nint)SystemCallNumber.bind, socket.Number, address, length)));
            }
            finally
            {
                Libc.SystemCall((nint)SystemCallNumber.umask, mask);
            }
            Libc.Checked("listen", path, Libc.SystemCall((nint)SystemCallNumber.listen, socket.Number, 128));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A listening socket that another process of ours has left open under a number.</summary>
    public static SeqPacketSocket Inherit(int descriptor) => new(descriptor);

    /// <summary>Connects to a path.</summary>
    /// <returns>Null when nobody listens there (ENOENT, ECONNREFUSED).</returns>
    public static SeqPacketSocket? TryConnect(string path)
    {
        var socket = Create(0);
        var errno = Errno.None;
        try
        {
            UnixAddress.With(path, (address, length) =>
            {
                if (Libc.Retrying((nint)SystemCallNumber.connect, socket.Number, address, length) == -1)
                    errno = (Errno)Marshal.GetLastPInvokeError();
                return 0;
            });
        }
        catch (ErrnoException unreachable)
        {
            // The directory of a long path is opened first, and may be gone with its listener.
            errno = unreachable.Errno;
        }
        if (errno == Errno.None)
            return socket;
        socket.Dispose();
        return errno is Errno.ENOENT or Errno.ECONNREFUSED ? null : throw new ErrnoException(errno, "connect", path);
    }

    /// <summary>Takes the next connection, non-blocking; null when there is none.</summary>
    public SeqPacketSocket? Accept()
    {
        var result = Libc.Retrying((nint)SystemCallNumber.accept4, Number, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
        return result == -1 ? null : new SeqPacketSocket((int)result);
    }

    /// <summary>The user that the other side connected as (unix(7), SO_PEERCRED).</summary>
    public uint ReadPeerUserId()
    {
        const int SO_PEERCRED = 17;
        // struct ucred: pid, uid, gid.
        var credentials = stackalloc uint[3];
        var length = 3 * sizeof(uint);
        Libc.Checked("getsockopt", "SO_PEERCRED", Libc.SystemCall((nint)SystemCallNumber.getsockopt, Number, SOL_SOCKET, SO_PEERCRED, (nint)credentials, (nint)(&length)));
        return credentials[1];
    }

    /// <summary>Whether the other side connected as root or as this process's own user.</summary>
    public bool IsPeerTrusted() => ReadPeerUserId() is var user && (user == 0 || user == (uint)Libc.SystemCall((nint)SystemCallNumber.getuid));

    /// <summary>Sends one message.</summary>
    /// <returns>False when the other side is gone, or does not read and the socket does not block.</returns>
    public bool TrySend(ReadOnlySpan<byte> message, params ReadOnlySpan<FileDescriptor> descriptors) => TrySend(this, message, descriptors);

    internal static bool TrySend(FileDescriptor socket, ReadOnlySpan<byte> message, ReadOnlySpan<FileDescriptor> descriptors)
    {
        // cmsghdr: length (8), level (4), type (4), then the descriptors.
        var control = stackalloc byte[16 + (MaximumDescriptors * sizeof(int))];
        var controlLength = 0;
        if (descriptors.Length > 0)
        {
            controlLength = 16 + (descriptors.Length * sizeof(int));
            *(long*)control = controlLength;
            *(int*)(control + 8) = SOL_SOCKET;
            *(int*)(control + 12) = SCM_RIGHTS;
            for (var i = 0; i < descriptors.Length; i++)
                *(int*)(control + 16 + (i * sizeof(int))) = descriptors[i].Number;
        }
        fixed (byte* data = message)
        {
            var vector = new IoVector { Base = (nint)data, Length = message.Length };
            var header = new MessageHeader { Vector = (nint)(&vector), VectorLength = 1, Control = (nint)(controlLength > 0 ? control : null), ControlLength = controlLength };
            if (Libc.Retrying((nint)SystemCallNumber.sendmsg, socket.Number, (nint)(&header), MSG_NOSIGNAL) >= 0)
                return true;
        }
        return (Errno)Marshal.GetLastPInvokeError() is Errno.EPIPE or Errno.ECONNRESET or Errno.EAGAIN or Errno.ENOTCONN
            ? false
            : throw ErrnoException.Last("sendmsg");
    }

    /// <summary>Waits for the next message and leaves it there (recv(2), MSG_PEEK).</summary>
    private int PeekLength()
    {
        const int MSG_PEEK = 2;
        var length = Libc.Retrying((nint)SystemCallNumber.recvfrom, Number, 0, 0, MSG_PEEK | MSG_TRUNC, 0, 0);
        return length == -1 ? Absent() : (int)length;
    }

    /// <summary>Receives one message into room of its own length.</summary>
    /// <param name="maximum">How long it may be.</param>
    /// <param name="message">The message.</param>
    /// <param name="descriptors">As for the other one.</param>
    /// <returns>Its length; 0 when the other side is gone; -1 when a non-blocking socket has nothing.</returns>
    /// <exception cref="ErrnoException">EMSGSIZE: the message is longer than that, and is gone.</exception>
    public int Receive(int maximum, out byte[] message, out FileDescriptor[] descriptors)
    {
        (message, descriptors) = ([], []);
        var length = PeekLength();
        if (length <= 0)
            return length;
        // Room for the longest there may be would be most of what a small process has, and costs a collection.
        message = new byte[Math.Min(length, maximum)];
        return Receive(message, out descriptors);
    }

    /// <summary>Receives one message.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="descriptors">The descriptors that came with it; the caller disposes them.</param>
    /// <returns>Its length; 0 when the other side is gone; -1 when a non-blocking socket has nothing.</returns>
    /// <exception cref="ErrnoException">EMSGSIZE: the message is longer than the buffer.</exception>
    public int Receive(Span<byte> buffer, out FileDescriptor[] descriptors) => Receive(this, buffer, out descriptors);

    internal static int Receive(FileDescriptor socket, Span<byte> buffer, out FileDescriptor[] descriptors, int flags = 0)
    {
        const int controlCapacity = 64;
        var control = stackalloc byte[controlCapacity];
        descriptors = [];
        fixed (byte* data = buffer)
        {
            var vector = new IoVector { Base = (nint)data, Length = buffer.Length };
            var header = new MessageHeader { Vector = (nint)(&vector), VectorLength = 1, Control = (nint)control, ControlLength = controlCapacity };
            var length = Libc.Retrying((nint)SystemCallNumber.recvmsg, socket.Number, (nint)(&header), MSG_CMSG_CLOEXEC | flags);
            if (length == -1)
                return Absent();
            if (header.ControlLength >= 16 && *(int*)(control + 8) == SOL_SOCKET && *(int*)(control + 12) == SCM_RIGHTS)
            {
                descriptors = new FileDescriptor[((int)*(long*)control - 16) / sizeof(int)];
                for (var i = 0; i < descriptors.Length; i++)
                    descriptors[i] = new FileDescriptor(*(int*)(control + 16 + (i * sizeof(int))));
            }
            if ((header.Flags & MSG_TRUNC) == 0)
                return (int)length;
        }
        foreach (var descriptor in descriptors)
            descriptor.Dispose();
        throw new ErrnoException(Errno.EMSGSIZE, "recvmsg");
    }

    /// <summary>What a call that received no message returns for it.</summary>
    private static int Absent() => (Errno)Marshal.GetLastPInvokeError() switch
    {
        Errno.EAGAIN => -1,
        Errno.ECONNRESET => 0,
        _ => throw ErrnoException.Last("recvmsg"),
    };

    private static SeqPacketSocket Create(int flags) => new((int)Libc.Checked(
        "socket", null, Libc.SystemCall((nint)SystemCallNumber.socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0)));

    private struct IoVector
    {
        internal nint Base;
        internal nint Length;
    }

    /// <summary><c>struct msghdr</c>, x86-64.</summary>
    private struct MessageHeader
    {
        internal nint Name;
        internal int NameLength;
        internal nint Vector;
        internal nint VectorLength;
        internal nint Control;
        internal nint ControlLength;
        internal int Flags;
    }
}
