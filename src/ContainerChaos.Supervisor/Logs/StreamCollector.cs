using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// One standard stream of a container on its way into the log. The FIFO is opened for reading and writing on both
/// sides, so that neither the container nor a monitor sees the other's death as an end of file or a SIGPIPE.
/// </summary>
internal sealed class StreamCollector : IDisposable
{
    /// <summary>Docker's limit: a longer line is logged in parts, all but the last without a newline.</summary>
    private const int MaximumLine = 16 * 1024;

    private readonly byte[] _buffer = new byte[MaximumLine];
    private readonly JsonLogWriter _log;
    private readonly byte[] _name;
    private int _used;

    /// <param name="path">The FIFO's path.</param>
    /// <param name="owner">The container's user, who may open it by name too: <c>/dev/stdout</c> leads to it.</param>
    /// <param name="name">The stream's name in the log.</param>
    /// <param name="log">The log.</param>
    internal StreamCollector(string path, uint owner, ReadOnlySpan<byte> name, JsonLogWriter log)
    {
        _name = name.ToArray();
        _log = log;
        Fifo.Create(path);
        Path = path;
        Descriptor = FileDescriptor.Open(path, OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK);
        // An ordinary user can't give it away; its directory keeps everybody out but them and the container.
        if (OwnIdentity.User == 0)
            Descriptor.SetOwner(owner);
        else if (owner != 0)
            File.SetUnixFileMode(path, (UnixFileMode)0x1B6 /* 0666 */);
    }

    /// <summary>Takes a terminal's master, whose output is logged as standard output.</summary>
    /// <param name="master">The master; it stays the caller's.</param>
    /// <param name="log">The log.</param>
    internal StreamCollector(FileDescriptor master, JsonLogWriter log)
    {
        _name = "stdout"u8.ToArray();
        _log = log;
        Path = "";
        Descriptor = master;
    }

    /// <summary>Called with each piece that was read.</summary>
    internal delegate void Listener(ReadOnlySpan<byte> piece);

    /// <summary>Who gets the output as it comes, beside the log.</summary>
    internal Listener? OnPiece { get; init; }

    /// <summary>Whether the last read found a terminal that no process has open.</summary>
    internal bool IsHungUp { get; private set; }

    internal string Path { get; }

    internal FileDescriptor Descriptor { get; }

    /// <summary>The container's side.</summary>
    internal FileDescriptor OpenForContainer() => FileDescriptor.Open(Path, OpenFlags.O_RDWR);

    /// <summary>Logs what is there, up to a bound, so that a chatty container does not keep the loop from its other duties.</summary>
    internal void Collect()
    {
        for (var chunk = 0; chunk < 8 && ReadOnce(); chunk++)
        {
        }
        _log.Flush();
    }

    /// <summary>Logs everything that is left after the last writer ended.</summary>
    internal void Drain()
    {
        while (ReadOnce())
        {
        }
        if (_used > 0)
            _log.Append(_buffer.AsSpan(0, _used), _name);
        _used = 0;
        _log.Flush();
    }

    public void Dispose() => Descriptor.Dispose();

    private bool ReadOnce()
    {
        var count = ReadPiece(_buffer.AsSpan(_used));
        if (count <= 0)
            return false;
        OnPiece?.Invoke(_buffer.AsSpan(_used, count));
        _used += count;
        var start = 0;
        while (_buffer.AsSpan(start, _used - start).IndexOf((byte)'\n') is >= 0 and var length)
        {
            _log.Append(_buffer.AsSpan(start, length + 1), _name);
            start += length + 1;
        }
        if (start == 0 && _used == _buffer.Length)
        {
            _log.Append(_buffer, _name);
            start = _used;
        }
        _buffer.AsSpan(start, _used - start).CopyTo(_buffer);
        _used -= start;
        return true;
    }

    private int ReadPiece(Span<byte> buffer)
    {
        try
        {
            var count = Descriptor.Read(buffer);
            IsHungUp = false;
            return count;
        }
        catch (ErrnoException e) when (e.Errno == Errno.EIO)
        {
            IsHungUp = true;
            return 0;
        }
    }
}
