using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>Reads the two output pipes of a command into lines until it has ended and everything it wrote is here.</summary>
internal sealed class OutputCollector(Action<ContainerCommandLine>? onLine) : IDisposable
{
    private const long ProcessKey = 2;
    private const long CancelKey = 3;

    private readonly EventPoll _poll = new();
    private readonly EventFd _cancelled = EventFd.Create();
    private readonly Pipe[] _pipes = [new(isError: false), new(isError: true)];
    private readonly byte[] _buffer = new byte[32 * 1024];

    public FileDescriptor OutputEnd => _pipes[0].WriteEnd;

    public FileDescriptor ErrorEnd => _pipes[1].WriteEnd;

    public IReadOnlyList<string> Output => _pipes[0].Lines;

    public IReadOnlyList<string> Error => _pipes[1].Lines;

    /// <summary>Collects. A background process of the command that keeps a pipe open does not prolong this.</summary>
    /// <param name="process">The command; null when it has ended already.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Collect(PidFd? process, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static state => ((EventFd)state!).Signal(), _cancelled);
        _poll.Add(_cancelled, EventPollFlags.EPOLLIN, CancelKey);
        for (var i = 0; i < _pipes.Length; i++)
        {
            // The command has its own copies by now; without ours, its end is the end of the pipe.
            _pipes[i].WriteEnd.Dispose();
            _poll.Add(_pipes[i].ReadEnd, EventPollFlags.EPOLLIN, i);
        }

        if (process is not null)
            _poll.Add(process, EventPollFlags.EPOLLIN, ProcessKey);
        var ended = process is null;
        while (_pipes.Any(pipe => pipe.IsOpen))
        {
            var progressed = false;
            _poll.Wait(ended ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, (key, _) =>
            {
                switch (key)
                {
                    case ProcessKey:
                        ended = progressed = true;
                        _poll.Remove(process!);
                        break;
                    case < ProcessKey:
                        progressed = true;
                        Read(_pipes[key]);
                        break;
                }
            });
            cancellationToken.ThrowIfCancellationRequested();
            if (ended && !progressed)
                break;
        }

        foreach (var pipe in _pipes)
            pipe.Finish(onLine);
    }

    public void Dispose()
    {
        foreach (var pipe in _pipes)
        {
            pipe.ReadEnd.Dispose();
            pipe.WriteEnd.Dispose();
        }

        _cancelled.Dispose();
        _poll.Dispose();
    }

    private void Read(Pipe pipe)
    {
        var count = pipe.ReadEnd.Read(_buffer);
        if (count > 0)
        {
            pipe.Append(_buffer.AsSpan(0, count), onLine);
            return;
        }

        pipe.IsOpen = false;
        _poll.Remove(pipe.ReadEnd);
    }

    private sealed class Pipe
    {
        private readonly List<byte> _rest = [];
        private readonly bool _isError;

        public Pipe(bool isError)
        {
            _isError = isError;
            (ReadEnd, WriteEnd) = FileDescriptor.Pipe();
            // Nobody but the command can come by it, which opens it by name (/dev/stdout) as a user that only its namespace knows.
            if (OrdinaryUser.Maps is { HasOthers: true })
                File.SetUnixFileMode($"/proc/self/fd/{WriteEnd.Number}", (UnixFileMode)0x192 /* 0622 */);
        }

        public FileDescriptor ReadEnd { get; }

        public FileDescriptor WriteEnd { get; }

        public List<string> Lines { get; } = [];

        public bool IsOpen { get; set; } = true;

        public void Append(ReadOnlySpan<byte> bytes, Action<ContainerCommandLine>? onLine)
        {
            while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
            {
                _rest.AddRange(bytes[..end]);
                Add(onLine);
                bytes = bytes[(end + 1)..];
            }

            _rest.AddRange(bytes);
        }

        public void Finish(Action<ContainerCommandLine>? onLine)
        {
            if (_rest.Count > 0)
                Add(onLine);
        }

        private void Add(Action<ContainerCommandLine>? onLine)
        {
            var line = Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rest)).TrimEnd('\r');
            _rest.Clear();
            Lines.Add(line);
            onLine?.Invoke(new ContainerCommandLine(_isError, line));
        }
    }
}
