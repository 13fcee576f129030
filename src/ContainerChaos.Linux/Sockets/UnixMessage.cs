namespace ContainerChaos.Linux;

/// <summary>A message with a descriptor, sent over a Unix stream socket of its own (unix(7), SCM_RIGHTS).</summary>
public static class UnixMessage
{
    /// <summary>Connects, sends and closes.</summary>
    /// <param name="path">Where somebody listens.</param>
    /// <param name="message">The message; of a long one the rest follows the descriptor.</param>
    /// <param name="descriptor">The descriptor, which the receiver gets a copy of.</param>
    /// <exception cref="ErrnoException">ENOENT or ECONNREFUSED: nobody listens; EPIPE: the receiver has hung up.</exception>
    public static void Send(string path, ReadOnlySpan<byte> message, FileDescriptor descriptor)
    {
        using var socket = new FileDescriptor(UnixAddress.ConnectStream(path));
        if (!SeqPacketSocket.TrySend(socket, message, [descriptor]))
            throw new ErrnoException(Errno.EPIPE, "sendmsg", path);
    }
}
