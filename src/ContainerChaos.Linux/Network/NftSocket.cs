using static ContainerChaos.Linux.NetfilterMessage;

namespace ContainerChaos.Linux;

/// <summary>The kernel's socket for nf_tables (netlink(7), NETLINK_NETFILTER).</summary>
internal sealed class NftSocket : IDisposable
{
    private readonly FileDescriptor _socket;

    private NftSocket(FileDescriptor socket) => _socket = socket;

    internal static NftSocket Open() => new(new FileDescriptor(OpenSocket()));

    internal bool HasTable(string name)
    {
        _socket.Write(NftBatch.GetTable(name));
        return Answer() switch
        {
            Errno.None => true,
            Errno.ENOENT => false,
            var errno => throw new ErrnoException(errno, "NFT_MSG_GETTABLE", name),
        };
    }

    internal Errno Send(NftBatch batch)
    {
        _socket.Write(batch.ToArray());
        return Answer();
    }

    /// <summary>The first error of all the answers that there are; a transaction has one for each message that failed.</summary>
    private Errno Answer()
    {
        var first = Errno.None;
        var buffer = NetlinkBuffer.Bytes;
        while (_socket.Read(buffer) is > 0 and var count)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, count);
            while (TryTake(ref rest, out var message))
            {
                if (TypeOf(message) == NLMSG_ERROR && first == Errno.None)
                    first = ErrorOf(message);
            }
        }
        return first;
    }

    public void Dispose() => _socket.Dispose();
}
