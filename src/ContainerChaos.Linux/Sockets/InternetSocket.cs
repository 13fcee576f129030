using System.Net;
using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>A non-blocking TCP or UDP socket of the network namespace that it was made in (tcp(7), udp(7)).</summary>
public sealed unsafe class InternetSocket : FileDescriptor
{
    private const int SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_NONBLOCK = 0x800, SOCK_CLOEXEC = 0x80000;
    private const int SOL_SOCKET = 1, SO_REUSEADDR = 2, SO_ERROR = 4, SO_MARK = 36, IPPROTO_IPV6 = 41, IPV6_V6ONLY = 26, IPPROTO_TCP = 6, TCP_NODELAY = 1, MSG_NOSIGNAL = 0x4000;

    private InternetSocket(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Takes over a descriptor that came from another process.</summary>
    /// <param name="descriptor">A TCP or UDP socket that does not block; it is not to be used any more.</param>
    public static InternetSocket From(FileDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var socket = new InternetSocket(descriptor.Number);
        descriptor.SetHandleAsInvalid();
        return socket;
    }

    /// <summary>Listens for TCP connections.</summary>
    /// <exception cref="ErrnoException">EADDRINUSE: somebody else does; EADDRNOTAVAIL: the address is not this host's.</exception>
    public static InternetSocket Listen(IPEndPoint endPoint) => Create(endPoint, SOCK_STREAM, socket =>
    {
        socket.Set(SOL_SOCKET, SO_REUSEADDR, 1);
        socket.Bind(endPoint);
        Libc.Checked("listen", endPoint.ToString(), Libc.SystemCall((nint)SystemCallNumber.listen, socket.Number, 4096));
    });

    /// <summary>A UDP socket at an address.</summary>
    /// <exception cref="ErrnoException">As of <see cref="Listen"/>.</exception>
    public static InternetSocket BindDatagram(IPEndPoint endPoint) => Create(endPoint, SOCK_DGRAM, socket => socket.Bind(endPoint));

    /// <summary>A UDP socket that speaks with one other.</summary>
    public static InternetSocket ConnectDatagram(IPEndPoint endPoint) => Create(endPoint, SOCK_DGRAM, socket => socket.Connect(endPoint));

    /// <summary>A socket that sends whole packets, from their IP header on, and receives none (raw(7), IPPROTO_RAW).</summary>
    /// <exception cref="ErrnoException">EPERM: without CAP_NET_RAW; EAFNOSUPPORT: there is no IP of that version.</exception>
    public static InternetSocket OpenRaw(bool ipv6)
    {
        const int SOCK_RAW = 3, IPPROTO_RAW = 255;
        return new InternetSocket((int)Libc.Checked(
            "socket", "IPPROTO_RAW", Libc.SystemCall((nint)SystemCallNumber.socket, ipv6 ? InternetAddress.AF_INET6 : InternetAddress.AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW)));
    }

    /// <summary>Begins a TCP connection; the socket is writable when it stands or has failed.</summary>
    /// <exception cref="ErrnoException">It failed at once: ENETUNREACH.</exception>
    public static InternetSocket BeginConnect(IPEndPoint endPoint) => Create(endPoint, SOCK_STREAM, socket =>
    {
        socket.SendAtOnce();
        socket.Connect(endPoint);
    });

    /// <summary>Begins a TCP connection with a socket that was made elsewhere: non-blocking, of the address's family, and taken over.</summary>
    /// <exception cref="ErrnoException">It failed at once.</exception>
    public static InternetSocket BeginConnect(FileDescriptor socket, IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(endPoint);
        var own = new InternetSocket(socket.Number);
        socket.SetHandleAsInvalid();
        try
        {
            own.Connect(endPoint);
            return own;
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    /// <summary>Takes the next connection.</summary>
    /// <param name="error">Why there is none: EAGAIN, or EMFILE, and then it waits on.</param>
    public InternetSocket? Accept(out Errno error)
    {
        var result = Result(Libc.Retrying((nint)SystemCallNumber.accept4, Number, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK), out error);
        if (result == -1)
            return null;
        var socket = new InternetSocket(result);
        socket.SendAtOnce();
        return socket;
    }

    /// <summary>The pending error, which this clears; None once a connection stands.</summary>
    public Errno TakeError()
    {
        int error = 0, length = sizeof(int);
        return Libc.SystemCall((nint)SystemCallNumber.getsockopt, Number, SOL_SOCKET, SO_ERROR, (nint)(&error), (nint)(&length)) == 0 ? (Errno)error : LastError;
    }

    /// <summary>Where the socket is bound.</summary>
    public IPEndPoint LocalEndPoint
    {
        get
        {
            var address = stackalloc byte[InternetAddress.Capacity];
            var length = InternetAddress.Capacity;
            Libc.Checked("getsockname", null, Libc.SystemCall((nint)SystemCallNumber.getsockname, Number, (nint)address, (nint)(&length)));
            return InternetAddress.Read(new ReadOnlySpan<byte>(address, length));
        }
    }

    /// <summary>Sends to the other end of a connection.</summary>
    /// <returns>How much was sent; -1 with the error when nothing was.</returns>
    public int Send(ReadOnlySpan<byte> data, out Errno error)
    {
        fixed (byte* bytes = data)
            return Result(Libc.Retrying((nint)SystemCallNumber.sendto, Number, (nint)bytes, data.Length, MSG_NOSIGNAL), out error);
    }

    /// <summary>Sends a datagram.</summary>
    public int SendTo(ReadOnlySpan<byte> data, IPEndPoint endPoint, out Errno error)
    {
        var address = stackalloc byte[InternetAddress.Capacity];
        var length = InternetAddress.Write(endPoint, new Span<byte>(address, InternetAddress.Capacity));
        fixed (byte* bytes = data)
            return Result(Libc.Retrying((nint)SystemCallNumber.sendto, Number, (nint)bytes, data.Length, MSG_NOSIGNAL, (nint)address, length), out error);
    }

    /// <summary>Receives.</summary>
    /// <returns>How much was received, 0 at the end of a stream; -1 with the error when nothing was.</returns>
    public int Receive(Span<byte> buffer, out Errno error)
    {
        fixed (byte* bytes = buffer)
            return Result(Libc.Retrying((nint)SystemCallNumber.recvfrom, Number, (nint)bytes, buffer.Length, 0, 0, 0), out error);
    }

    /// <summary>Receives a datagram and its sender.</summary>
    public int ReceiveFrom(Span<byte> buffer, out IPEndPoint? sender, out Errno error)
    {
        var address = stackalloc byte[InternetAddress.Capacity];
        var length = InternetAddress.Capacity;
        fixed (byte* bytes = buffer)
        {
            var received = Result(Libc.Retrying((nint)SystemCallNumber.recvfrom, Number, (nint)bytes, buffer.Length, 0, (nint)address, (nint)(&length)), out error);
            sender = received >= 0 ? InternetAddress.Read(new ReadOnlySpan<byte>(address, InternetAddress.Capacity)) : null;
            return received;
        }
    }

    /// <summary>Sends no more: the other end reads to the end of the stream (shutdown(2), SHUT_WR).</summary>
    public void EndSending()
    {
        const int SHUT_WR = 1;
        Libc.SystemCall((nint)SystemCallNumber.shutdown, Number, SHUT_WR);
    }

    /// <summary>Moves bytes between a socket and a pipe inside the kernel (splice(2)).</summary>
    /// <returns>How many, 0 at the end of the stream; -1 with the error when none were.</returns>
    public static int Splice(FileDescriptor from, FileDescriptor to, int length, out Errno error)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        const int SPLICE_F_MOVE = 1, SPLICE_F_NONBLOCK = 2;
        return Result(Libc.Retrying((nint)SystemCallNumber.splice, from.Number, 0, to.Number, 0, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK), out error);
    }

    /// <summary>Marks the packets that it sends, for rules to know them by (socket(7), SO_MARK).</summary>
    /// <exception cref="ErrnoException">EPERM: without CAP_NET_ADMIN.</exception>
    public void SetMark(uint mark) => Set(SOL_SOCKET, SO_MARK, (int)mark);

    private static InternetSocket Create(IPEndPoint endPoint, int type, Action<InternetSocket> prepare)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var family = InternetAddress.FamilyOf(endPoint.Address);
        var socket = new InternetSocket((int)Libc.Checked("socket", null, Libc.SystemCall((nint)SystemCallNumber.socket, family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)));
        try
        {
            if (family == InternetAddress.AF_INET6)
                socket.Set(IPPROTO_IPV6, IPV6_V6ONLY, 1);
            prepare(socket);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Bind(IPEndPoint endPoint)
    {
        var address = stackalloc byte[InternetAddress.Capacity];
        var length = InternetAddress.Write(endPoint, new Span<byte>(address, InternetAddress.Capacity));
        Libc.Checked("bind", endPoint.ToString(), Libc.SystemCall((nint)SystemCallNumber.bind, Number, (nint)address, length));
    }

    private void Connect(IPEndPoint endPoint)
    {
        var address = stackalloc byte[InternetAddress.Capacity];
        var length = InternetAddress.Write(endPoint, new Span<byte>(address, InternetAddress.Capacity));
        if (Libc.Retrying((nint)SystemCallNumber.connect, Number, (nint)address, length) == -1 && LastError is not Errno.EINPROGRESS)
            throw ErrnoException.Last("connect", endPoint.ToString());
    }

    private void SendAtOnce() => Set(IPPROTO_TCP, TCP_NODELAY, 1);

    private void Set(int level, int option, int value) =>
        Libc.Checked("setsockopt", null, Libc.SystemCall((nint)SystemCallNumber.setsockopt, Number, level, option, (nint)(&value), sizeof(int)));

    private static int Result(nint result, out Errno error)
    {
        error = result == -1 ? LastError : Errno.None;
        return (int)result;
    }

    private static Errno LastError => (Errno)Marshal.GetLastPInvokeError();
}
