using System.Collections.Concurrent;
using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>
/// The other end of a container's standard streams, as lines. They are read as they come, however slowly they are asked for: the container and
/// its monitor never wait.
/// </summary>
public sealed class ContainerAttachment : IDisposable
{
    private readonly FileDescriptor _stream;
    private readonly FileDescriptor? _errors;
    private readonly BlockingCollection<(DateTimeOffset Time, int Source, byte[] Bytes)> _pieces = [];
    private readonly Queue<ContainerLogEntry> _lines = [];
    private readonly LineSplitter[] _splitters;
    private readonly Thread _reader;
    private readonly EventFd _closed = EventFd.Create();
    private DateTimeOffset _time;

    internal ContainerAttachment(FileDescriptor stream, FileDescriptor? errors)
    {
        _stream = stream;
        _errors = errors;
        _splitters = [Splitter("stdout"), Splitter("stderr")];
        _reader = new Thread(Read) { IsBackground = true, Name = "container output" };
        _reader.Start();
    }

    /// <summary>Both ends of the sockets that an attachment is made of: this side's, and those for the monitor.</summary>
    internal static (FileDescriptor Stream, FileDescriptor? Errors, FileDescriptor[] Theirs) Open(bool isTerminal)
    {
        var (stream, theirStream) = ConsoleSocket.Pair();
        if (isTerminal)
            return (stream, null, [theirStream]);
        var (errors, theirErrors) = ConsoleSocket.Pair();
        return (stream, errors, [theirStream, theirErrors]);
    }

    /// <summary>Gives it input, and waits while it takes none.</summary>
    /// <returns>False when it takes no more, or the token was cancelled.</returns>
    public bool Write(ReadOnlySpan<byte> bytes, CancellationToken cancellationToken = default)
    {
        // The end of the socket ends a write(2) that waits.
        using var cancellation = cancellationToken.UnsafeRegister(static stream => ((FileDescriptor)stream!).EndOfInput(), _stream);
        try
        {
            _stream.Write(bytes);
            return true;
        }
        catch (ErrnoException e) when (e.Errno is Errno.EPIPE or Errno.ECONNRESET)
        {
            return false;
        }
    }

    /// <summary>Says that there is no more input: the container reads the end of the file, unless it has a terminal.</summary>
    public void EndInput() => _stream.EndOfInput();

    /// <summary>The lines, until the container ends or the attachment does. A terminal's are all standard output.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IEnumerable<ContainerLogEntry> ReadLines(CancellationToken cancellationToken = default)
    {
        foreach (var (time, source, bytes) in _pieces.GetConsumingEnumerable(cancellationToken))
        {
            _time = time;
            _splitters[source].Append(bytes);
            while (_lines.TryDequeue(out var line))
                yield return line;
        }

        foreach (var splitter in _splitters)
            splitter.Finish();
        while (_lines.TryDequeue(out var line))
            yield return line;
    }

    /// <summary>Leaves; the container goes on.</summary>
    public void Dispose()
    {
        _closed.Signal();
        _reader.Join();
        _stream.Dispose();
        _errors?.Dispose();
        _closed.Dispose();
        _pieces.Dispose();
    }

    // As fast as it can, or the monitor would let go of it: lines are made when somebody asks for them.
    private void Read()
    {
        using var poll = new EventPoll();
        var buffer = new byte[32 * 1024];
        var sources = _errors is null ? new[] { _stream } : [_stream, _errors];
        var open = sources.Length;
        var isClosed = false;
        for (var i = 0; i < sources.Length; i++)
            poll.Add(sources[i], EventPollFlags.EPOLLIN, i);
        poll.Add(_closed, EventPollFlags.EPOLLIN, sources.Length);
        while (open > 0 && !isClosed)
        {
            poll.Wait(Timeout.InfiniteTimeSpan, (key, _) =>
            {
                if (key == sources.Length)
                {
                    isClosed = true;
                    return;
                }

                var count = ReadSome(sources[key], buffer);
                if (count > 0)
                {
                    _pieces.Add((DateTimeOffset.UtcNow, (int)key, buffer[..count]));
                    return;
                }

                poll.Remove(sources[key]);
                open--;
            });
        }

        _pieces.CompleteAdding();
    }

    private static int ReadSome(FileDescriptor source, byte[] buffer)
    {
        try
        {
            return source.Read(buffer);
        }
        catch (ErrnoException e) when (e.Errno == Errno.ECONNRESET)
        {
            return 0;
        }
    }

    private LineSplitter Splitter(string name) => new(line => _lines.Enqueue(new ContainerLogEntry(_time, name, line)));
}
