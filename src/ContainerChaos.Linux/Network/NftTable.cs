namespace ContainerChaos.Linux;

/// <summary>A table of packet filter rules in a network namespace (nft(8)), spoken to over nfnetlink without a program in between.</summary>
/// <remarks>
/// What is changed together is changed at once or not at all: a <see cref="NftBatch"/> is one transaction of the kernel.
/// The table belongs to the family inet, so that its rules see both versions of IP.
/// </remarks>
public sealed class NftTable : IDisposable
{
    private readonly NftSocket _socket;

    private NftTable(NftSocket socket, string name)
    {
        _socket = socket;
        Name = name;
    }

    /// <summary>The table's name.</summary>
    public string Name { get; }

    /// <summary>A table of this thread's network namespace, which need not exist.</summary>
    /// <returns>Null where the kernel has no nf_tables.</returns>
    /// <exception cref="ErrnoException">EPERM: without CAP_NET_ADMIN.</exception>
    public static NftTable? TryOpen(string name)
    {
        NftSocket? socket = null;
        try
        {
            socket = NftSocket.Open();
            var table = new NftTable(socket, name);
            _ = table.Exists;
            socket = null;
            return table;
        }
        catch (ErrnoException e) when (e.Errno is Errno.EPROTONOSUPPORT or Errno.EINVAL or Errno.EOPNOTSUPP or Errno.EAFNOSUPPORT)
        {
            // No nfnetlink at all, or one that knows no subsystem nf_tables.
            return null;
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <summary>Whether there is such a table.</summary>
    public bool Exists => _socket.HasTable(Name);

    /// <summary>Begins a transaction.</summary>
    public NftBatch Begin() => new(Name);

    /// <summary>Carries a transaction out.</summary>
    /// <exception cref="ErrnoException">The first error; nothing was changed.</exception>
    public void Commit(NftBatch batch)
    {
        if (TryCommit(batch) is var errno and not Errno.None)
            throw new ErrnoException(errno, "nf_tables", Name);
    }

    /// <summary>Carries a transaction out, or returns the first error of it, and nothing was changed.</summary>
    public Errno TryCommit(NftBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return _socket.Send(batch);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
