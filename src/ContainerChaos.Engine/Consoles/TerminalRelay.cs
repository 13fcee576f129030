using System.Runtime.InteropServices;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>
/// Connects this process's own terminal with one in a container: raw mode, sizes, the detach keys. The terminal is given back as it was however
/// this ends, also when a signal ends the process.
/// </summary>
internal sealed class TerminalRelay : IDisposable
{
    private const long TypedKey = 1, StreamKey = 2, CancelKey = 3, ResizeKey = 4, EndKey = 5;

    private readonly FileDescriptor _input = FileDescriptor.Duplicate(0);
    private readonly FileDescriptor _output = FileDescriptor.Duplicate(1);
    private readonly FileDescriptor _stream;
    private readonly Action<TerminalSize> _resize;
    private readonly DetachKeys _keys;
    private readonly EventPoll _poll = new();
    private readonly EventFd _cancelled = EventFd.Create();
    private readonly EventFd _resized = EventFd.Create();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly List<byte> _pending = [];
    private bool _isOpen = true;
    private bool _isDetached;

    /// <param name="stream">The master of a terminal, or a socket that leads to one.</param>
    /// <param name="resize">Gives that one a size.</param>
    /// <param name="keys">What leaves it.</param>
    public TerminalRelay(FileDescriptor stream, Action<TerminalSize> resize, DetachKeys keys)
    {
        _stream = stream;
        _resize = resize;
        _keys = keys;
        _stream.SetNonBlocking();
    }

    /// <summary>The size of this process's own terminal; null when it has none.</summary>
    public static TerminalSize? OwnSize
    {
        get
        {
            using var terminal = FileDescriptor.Duplicate(0);
            return TerminalMode.ReadSize(terminal);
        }
    }

    /// <exception cref="ContainerException">InvalidState: standard input is no terminal.</exception>
    public static void RequireTerminal(string target)
    {
        using var input = FileDescriptor.Duplicate(0);
        if (!TerminalMode.IsTerminal(input))
            EngineErrors.Throw(ErrorReason.InvalidState, $"Cannot enter container '{target}': standard input is not a terminal.", target, "Do it in an interactive PowerShell; in a script use Invoke-ContainerCommand, which takes input from the pipeline.");
    }

    /// <summary>Relays until the other side ends, the detach keys are typed, or the token is cancelled.</summary>
    /// <param name="command">What runs there, whose end is an end too: its children may keep the terminal. Null where the stream's end says it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False when the detach keys were typed.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool Run(PidFd? command, CancellationToken cancellationToken)
    {
        using var raw = TerminalMode.TryMakeRaw(_input, withOutput: true);
        using var cancellation = cancellationToken.UnsafeRegister(static state => ((EventFd)state!).Signal(), _cancelled);
        using var window = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => _resized.Signal());
        using var resumed = PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ =>
        {
            raw?.MakeRaw();
            _resized.Signal();
        });
        // Whatever else the process does at its end: it takes its default way.
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => raw?.Restore());
        using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => raw?.Restore());
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, _ => raw?.Restore());
        Resize();
        _poll.Add(_cancelled, EventPollFlags.EPOLLIN, CancelKey);
        _poll.Add(_resized, EventPollFlags.EPOLLIN, ResizeKey);
        _poll.Add(_stream, EventPollFlags.EPOLLIN, StreamKey);
        _poll.Add(_input, EventPollFlags.EPOLLIN, TypedKey);
        if (command is not null)
            _poll.Add(command, EventPollFlags.EPOLLIN, EndKey);
        while (_isOpen && !_isDetached)
        {
            _poll.Wait(Timeout.InfiniteTimeSpan, OnReady);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return !_isDetached;
    }

    public void Dispose()
    {
        _poll.Dispose();
        _cancelled.Dispose();
        _resized.Dispose();
        _input.Dispose();
        _output.Dispose();
    }

    private void OnReady(long key, EventPollFlags events)
    {
        switch (key)
        {
            case ResizeKey:
                _resized.Clear();
                Resize();
                break;
            case TypedKey:
                Type();
                break;
            case StreamKey:
                if ((events & EventPollFlags.EPOLLOUT) != 0)
                    PassOn();
                if ((events & (EventPollFlags.EPOLLIN | EventPollFlags.EPOLLHUP | EventPollFlags.EPOLLERR)) != 0)
                    _isOpen = Show();
                break;
            case EndKey:
                // All that it wrote is here by now.
                while (_isOpen && Show(isLast: true))
                {
                }

                _isOpen = false;
                break;
        }
    }

    private void Resize()
    {
        if (TerminalMode.ReadSize(_input) is { } size)
            _resize(size);
    }

    private void Type()
    {
        var count = _input.Read(_buffer);
        if (count <= 0)
        {
            // The terminal is gone; a hang-up is on its way to this process.
            _poll.Remove(_input);
            return;
        }

        _isDetached = _keys.Take(_buffer.AsSpan(0, count), _pending);
        PassOn();
    }

    /// <summary>Sends what was typed; while the other side does not take it, nothing more is read.</summary>
    private void PassOn()
    {
        try
        {
            while (_pending.Count > 0 && _stream.WriteSome(CollectionsMarshal.AsSpan(_pending)) is > 0 and var count)
                _pending.RemoveRange(0, count);
        }
        catch (ErrnoException e) when (e.Errno is Errno.EPIPE or Errno.EIO or Errno.ECONNRESET)
        {
            _pending.Clear();
        }

        _poll.Modify(_stream, _pending.Count > 0 ? EventPollFlags.EPOLLIN | EventPollFlags.EPOLLOUT : EventPollFlags.EPOLLIN, StreamKey);
        _poll.Modify(_input, _pending.Count > 0 ? EventPollFlags.None : EventPollFlags.EPOLLIN, TypedKey);
    }

    /// <summary>Shows a piece of output; false at its end, which a terminal without processes says by EIO.</summary>
    private bool Show(bool isLast = false)
    {
        try
        {
            var count = _stream.Read(_buffer);
            if (count > 0)
                _output.Write(_buffer.AsSpan(0, count));
            return count > 0 || (count < 0 && !isLast);
        }
        catch (ErrnoException e) when (e.Errno is Errno.EIO or Errno.ECONNRESET)
        {
            return false;
        }
    }
}
