using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>Reads the output of a command into lines until it has ended and everything it wrote is here, and gives it its input meanwhile.</summary>
/// <remarks>Output comes through two pipes, or from a terminal.</remarks>
internal sealed class OutputCollector : IDisposable
{
    private const long ProcessKey = 2;
    private const long CancelKey = 3;
    private const long InputKey = 4;
    private const byte EndOfTransmission = 4;

    private readonly EventPoll _poll = new();
    private readonly EventFd _cancelled = EventFd.Create();
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly List<string>[] _lines = [[], []];
    private readonly LineSplitter[] _splitters;
    private readonly List<FileDescriptor> _sources = [];
    private readonly bool _isTerminal;
    private ReadOnlyMemory<byte> _input;
    private FileDescriptor? _inputEnd;
    private int _open;

    /// <param name="onLine">Called with each line; null for none.</param>
    /// <param name="input">What the command reads; null for nothing.</param>
    /// <param name="isTerminal">Whether it has a terminal.</param>
    public OutputCollector(Action<ContainerCommandLine>? onLine, ReadOnlyMemory<byte>? input, bool isTerminal)
    {
        _isTerminal = isTerminal;
        _input = input ?? default;
        HasInput = input is not null;
        _splitters = [.. _lines.Select((lines, i) => new LineSplitter(line =>
        {
            lines.Add(line);
            onLine?.Invoke(new ContainerCommandLine(IsError: i == 1, line));
        }))];
    }

    public IReadOnlyList<string> Output => _lines[0];

    public IReadOnlyList<string> Error => _lines[1];

    private bool HasInput { get; }

    /// <summary>Has the command started with the streams that are read here.</summary>
    public ExecSession Start(MonitorClient monitor, ProcessSpec process)
    {
        Reset();
        if (_isTerminal)
        {
            var session = monitor.ExecuteOnTerminal(process, out var master);
            Watch(master);
            if (HasInput)
            {
                _input = new byte[][] { _input.ToArray(), [EndOfTransmission] }.SelectMany(part => part).ToArray();
                _inputEnd = master;
                master.SetNonBlocking();
                _poll.Modify(master, EventPollFlags.EPOLLIN | EventPollFlags.EPOLLOUT, 0);
            }

            return session;
        }

        var (output, outputWriter) = Pipe();
        Watch(output);
        var (error, errorWriter) = Pipe();
        Watch(error);
        var input = HasInput ? OpenInput() : FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY);
        // The command has its own copies then; without ours, its end is the end of the pipes.
        using (outputWriter)
        using (errorWriter)
        using (input)
            return monitor.Execute(process, input, outputWriter, errorWriter);
    }

    /// <summary>Collects. A background process of the command that keeps a pipe open does not prolong this.</summary>
    /// <param name="process">The command; null when it has ended already.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Collect(PidFd? process, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static state => ((EventFd)state!).Signal(), _cancelled);
        _poll.Add(_cancelled, EventPollFlags.EPOLLIN, CancelKey);
        if (process is not null)
            _poll.Add(process, EventPollFlags.EPOLLIN, ProcessKey);
        var ended = process is null;
        while (_open > 0)
        {
            var progressed = false;
            _poll.Wait(ended ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, (key, events) =>
            {
                switch (key)
                {
                    case ProcessKey:
                        ended = progressed = true;
                        _poll.Remove(process!);
                        break;
                    case InputKey:
                        Feed();
                        break;
                    case < ProcessKey:
                        progressed |= (events & ~EventPollFlags.EPOLLOUT) != 0;
                        OnOutput((int)key, events);
                        break;
                }
            });
            cancellationToken.ThrowIfCancellationRequested();
            if (ended && !progressed)
                break;
        }

        foreach (var splitter in _splitters)
            splitter.Finish();
    }

    public void Dispose()
    {
        Reset();
        _cancelled.Dispose();
        _poll.Dispose();
    }

    // A monitor that ended under the first try is asked again with new pipes.
    private void Reset()
    {
        if (_inputEnd is not null && !_sources.Contains(_inputEnd))
            _inputEnd.Dispose();
        _inputEnd = null;
        foreach (var source in _sources)
            source.Dispose();
        _sources.Clear();
        _open = 0;
    }

    private void Watch(FileDescriptor source)
    {
        _poll.Add(source, EventPollFlags.EPOLLIN, _sources.Count);
        _sources.Add(source);
        _open++;
    }

    private FileDescriptor OpenInput()
    {
        (var reader, _inputEnd) = FileDescriptor.Pipe();
        _inputEnd.SetNonBlocking();
        _poll.Add(_inputEnd, EventPollFlags.EPOLLOUT, InputKey);
        return reader;
    }

    private void OnOutput(int index, EventPollFlags events)
    {
        if ((events & EventPollFlags.EPOLLOUT) != 0)
            Feed();
        if ((events & ~EventPollFlags.EPOLLOUT) == 0)
            return;
        var source = _sources[index];
        var count = Read(source);
        if (count > 0)
            _splitters[index].Append(_buffer.AsSpan(0, count));
        if (count != 0)
            return;
        _open--;
        _poll.Remove(source);
    }

    /// <summary>A terminal whose last process has closed it reads EIO.</summary>
    private int Read(FileDescriptor source)
    {
        try
        {
            return source.Read(_buffer);
        }
        catch (ErrnoException e) when (e.Errno == Errno.EIO)
        {
            return 0;
        }
    }

    private void Feed()
    {
        try
        {
            while (_input.Length > 0 && _inputEnd!.WriteSome(_input.Span) is > 0 and var count)
                _input = _input[count..];
            if (_input.Length > 0)
                return;
        }
        catch (ErrnoException e) when (e.Errno is Errno.EPIPE or Errno.EIO)
        {
            // It does not want the rest.
            _input = default;
        }

        if (_isTerminal)
        {
            _poll.Modify(_inputEnd!, EventPollFlags.EPOLLIN, 0);
            return;
        }

        _poll.Remove(_inputEnd!);
        _inputEnd!.Dispose();
        _inputEnd = null;
    }

    private static (FileDescriptor Read, FileDescriptor Write) Pipe()
    {
        var pipe = FileDescriptor.Pipe();
        // Nobody but the command can come by it, which opens it by name (/dev/stdout) as a user that only its namespace knows.
        if (OrdinaryUser.Maps is { HasOthers: true })
            File.SetUnixFileMode($"/proc/self/fd/{pipe.Write.Number}", (UnixFileMode)0x192 /* 0622 */);
        return pipe;
    }
}
