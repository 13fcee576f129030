using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>A Unix socket of single messages, which may carry descriptors (unix(7), SOCK_DGRAM). It never blocks.</summary>
public sealed class DatagramSocket : FileDescriptor
{
    private const int AF_UNIX = 1, SOCK_DGRAM = 2, SOCK_CLOEXEC = 0x80000, SOCK_NONBLOCK = 0x800;

    private DatagramSocket(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Receives at a path that must not exist.</summary>
    /// <exception cref="ErrnoException">EADDRINUSE: the path exists.</exception>
    public static DatagramSocket Bind(string path) => Create(path, SystemCallNumber.bind, "bind");

    /// <summary>Sends to whoever receives at a path, or with a leading <c>@</c> at a name of the abstract namespace.</summary>
    /// <exception cref="ErrnoException">ENOENT, ECONNREFUSED: nobody does; EACCES: this user may not.</exception>
    public static DatagramSocket Connect(string path) => Create(path, SystemCallNumber.connect, "connect");

    /// <summary>Sends one message.</summary>
    /// <returns>False when the receiver's queue is full: the socket is writable (EPOLLOUT) when it no longer is.</returns>
    /// <exception cref="ErrnoException">ECONNREFUSED, EPIPE: the receiver is gone.</exception>
    public bool TrySend(ReadOnlySpan<byte> message, params ReadOnlySpan<FileDescriptor> descriptors) =>
        SeqPacketSocket.TrySend(this, message, descriptors)
        || ((Errno)Marshal.GetLastPInvokeError() == Errno.EAGAIN ? false : throw ErrnoException.Last("sendmsg"));

    /// <summary>Receives one message.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="descriptors">The descriptors that came with it; the caller disposes them.</param>
    /// <returns>Its length; -1 when there is none.</returns>
    /// <exception cref="ErrnoException">EMSGSIZE: the message was longer than the buffer, and is gone.</exception>
    public int Receive(Span<byte> buffer, out FileDescriptor[] descriptors) => SeqPacketSocket.Receive(this, buffer, out descriptors);

    private static DatagramSocket Create(string path, SystemCallNumber call, string name)
    {
        var socket = new DatagramSocket((int)Libc.Checked(
            "socket", null, Libc.SystemCall((nint)SystemCallNumber.socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK)));
        try
        {
            UnixAddress.With(path, (address, length) => Libc.Checked(name, path, Libc.SystemCall((nint)call, socket.Number, address, length)));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
