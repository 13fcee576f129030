using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Linux;

/// <summary>
/// A non-blocking, close-on-exec stream socket whose calls return the error number instead of throwing: a load
/// generator meets refused and reset connections thousands of times a second.
/// </summary>
/// <remarks>socket(2), connect(2), send(2), recv(2).</remarks>
public sealed partial class StreamSocket : SafeHandleMinusOneIsInvalid
{
    private const int SOCK_STREAM = 1;
    private const int SOCK_NONBLOCK = 0x800;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int AF_UNIX = 1;
    private const int AF_INET = 2;
    private const int AF_INET6 = 10;
    private const int IPPROTO_TCP = 6;
    private const int TCP_NODELAY = 1;
    private const int SOL_SOCKET = 1;
    private const int SO_ERROR = 4;
    private const int MSG_NOSIGNAL = 0x4000;

    private StreamSocket()
        : base(ownsHandle: true)
    {
    }

    /// <summary>Opens a socket of a family; TCP ones send without delay (TCP_NODELAY).</summary>
    /// <param name="family">Unix, IPv4 or IPv6.</param>
    /// <returns>The unconnected socket.</returns>
    /// <exception cref="ErrnoException">socket(2) failed, EMFILE for example.</exception>
    public static StreamSocket Open(AddressFamily family)
    {
        int domain = family switch
        {
            AddressFamily.Unix => AF_UNIX,
            AddressFamily.InterNetworkV6 => AF_INET6,
            _ => AF_INET,
        };
        int fd = socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0)
            throw ErrnoException.Last("socket", family.ToString());
        var opened = new StreamSocket();
        opened.SetHandle(fd);
        if (domain != AF_UNIX)
        {
            int one = 1;
            _ = setsockopt(opened, IPPROTO_TCP, TCP_NODELAY, in one, sizeof(int));
        }

        return opened;
    }

    /// <summary>Begins to connect.</summary>
    /// <param name="address">The peer, from <see cref="EndPoint.Serialize"/>.</param>
    /// <returns>None, EINPROGRESS (writable when done), EAGAIN (a Unix socket whose backlog is full), or what refused it.</returns>
    public Errno Connect(SocketAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        ReadOnlySpan<byte> bytes = address.Buffer.Span[..address.Size];
        return connect(this, in MemoryMarshal.GetReference(bytes), (uint)bytes.Length) == 0
            ? Errno.None
            : (Errno)Marshal.GetLastPInvokeError();
    }

    /// <summary>The pending error of the socket (SO_ERROR), which this clears.</summary>
    /// <returns>None once a connection stands.</returns>
    public Errno TakeError()
    {
        uint length = sizeof(int);
        return getsockopt(this, SOL_SOCKET, SO_ERROR, out int error, ref length) == 0
            ? (Errno)error
            : (Errno)Marshal.GetLastPInvokeError();
    }

    /// <summary>Sends what fits into the socket's buffer.</summary>
    /// <param name="data">What to send.</param>
    /// <param name="error">Why nothing was sent, EAGAIN when the buffer is full; None otherwise.</param>
    /// <returns>Bytes sent, or -1.</returns>
    public int Send(ReadOnlySpan<byte> data, out Errno error)
    {
        nint sent = send(this, in MemoryMarshal.GetReference(data), (nuint)data.Length, MSG_NOSIGNAL);
        error = sent < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
        return (int)sent;
    }

    /// <summary>Receives what has arrived.</summary>
    /// <param name="buffer">Where to put it.</param>
    /// <param name="error">Why nothing was received, EAGAIN when nothing has arrived; None otherwise.</param>
    /// <returns>Bytes received, 0 at the end of the stream, or -1.</returns>
    public int Receive(Span<byte> buffer, out Errno error)
    {
        nint received = recv(this, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, 0);
        error = received < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
        return (int)received;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => close((int)handle) == 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(StreamSocket fd, in byte address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(StreamSocket fd, int level, int name, in int value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(StreamSocket fd, int level, int name, out int value, ref uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(StreamSocket fd, in byte buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(StreamSocket fd, ref byte buffer, nuint length, int flags);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
