namespace ContainerChaos.Linux;

/// <summary>A Unix stream socket over which a terminal's master is handed (runc's <c>--console-socket</c>; unix(7), SCM_RIGHTS).</summary>
public sealed unsafe class ConsoleSocket : FileDescriptor
{
    private const int AF_UNIX = 1, SOCK_STREAM = 1, SOCK_CLOEXEC = 0x80000;

    private ConsoleSocket(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Connects to the socket of whoever is to have the terminal.</summary>
    /// <exception cref="ErrnoException">ENOENT, ECONNREFUSED: nobody listens at the path.</exception>
    public static ConsoleSocket Connect(string path) => new(UnixAddress.ConnectStream(path));

    /// <summary>Two connected ends (socketpair(2)).</summary>
    public static (ConsoleSocket Ours, ConsoleSocket Theirs) Pair()
    {
        var ends = stackalloc int[2];
        Libc.Checked("socketpair", null, Libc.SystemCall((nint)SystemCallNumber.socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, (nint)ends));
        return (new ConsoleSocket(ends[0]), new ConsoleSocket(ends[1]));
    }

    /// <summary>Takes the terminal that the other end has sent.</summary>
    /// <exception cref="ErrnoException">EPIPE: it sent none.</exception>
    public FileDescriptor ReceiveTerminal() => Receive(this, 0);

    /// <summary>A copy of the terminal that was sent to a socket, which stays on its way: whoever has the socket can take it again (recv(2), MSG_PEEK).</summary>
    /// <exception cref="ErrnoException">EPIPE: none was sent.</exception>
    public static FileDescriptor PeekTerminal(FileDescriptor socket)
    {
        const int MSG_PEEK = 2;
        return Receive(socket, MSG_PEEK);
    }

    /// <summary>Sends descriptors to the other end.</summary>
    /// <returns>False when it is gone.</returns>
    public bool TrySend(params ReadOnlySpan<FileDescriptor> descriptors) => SeqPacketSocket.TrySend(this, [1], descriptors);

    /// <summary>Takes the descriptors that the other end of a socket has sent in one message.</summary>
    public static FileDescriptor[] ReceiveDescriptors(FileDescriptor socket)
    {
        Span<byte> mark = stackalloc byte[1];
        SeqPacketSocket.Receive(socket, mark, out var descriptors);
        return descriptors;
    }

    private static FileDescriptor Receive(FileDescriptor socket, int flags)
    {
        Span<byte> name = stackalloc byte[256];
        SeqPacketSocket.Receive(socket, name, out var descriptors, flags);
        return descriptors is [var terminal, ..] ? terminal : throw new ErrnoException(Errno.EPIPE, "recvmsg", "the terminal");
    }
}
