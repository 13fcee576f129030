using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Carries bytes between the caller's streams and a container's terminal while a foreground command runs.</summary>
internal sealed class TerminalRelay : IDisposable
{
    private const long FromTerminal = 101, FromInput = 102;

    private readonly FileDescriptor _master;
    private readonly FileDescriptor _input = FileDescriptor.Duplicate(0);
    private readonly FileDescriptor _output = FileDescriptor.Duplicate(1);
    private readonly TerminalMode? _raw;
    private readonly byte[] _buffer = new byte[16384];
    private EventPoll? _poll;
    private bool _isOpen = true;

    internal TerminalRelay(FileDescriptor master)
    {
        _master = master;
        _raw = TerminalMode.TryMakeRaw(_input);
        Resize();
    }

    /// <summary>Whether there is input that can't be waited for, and is always ready: a regular file, or /dev/null (epoll_ctl(2), EPERM).</summary>
    internal bool HasInputAtHand { get; private set; }

    /// <summary>Waits for what is to be carried in somebody's loop.</summary>
    internal void Watch(EventPoll poll)
    {
        _poll = poll;
        poll.Add(_master, EventPollFlags.EPOLLIN, FromTerminal);
        try
        {
            poll.Add(_input, EventPollFlags.EPOLLIN, FromInput);
        }
        catch (ErrnoException e) when (e.Errno == Errno.EPERM)
        {
            HasInputAtHand = true;
        }
    }

    /// <summary>Carries what the loop found ready.</summary>
    internal void Carry(long key)
    {
        if (key == FromTerminal && !Copy(_master, _output))
        {
            _isOpen = false;
            _poll!.Remove(_master);
        }
        else if (key == FromInput && !Copy(_input, _master))
        {
            _poll!.Remove(_input);
        }
    }

    /// <summary>Carries a piece of the input that can't be waited for.</summary>
    internal void CarryInput() => HasInputAtHand = Copy(_input, _master);

    /// <summary>Gives the container's terminal the size of the caller's.</summary>
    internal void Resize() => TerminalMode.CopySize(_input, _master);

    /// <summary>What the ended process had written is in the terminal already; a child that holds it open is not waited for.</summary>
    internal void Drain()
    {
        using var poll = new EventPoll();
        poll.Add(_master, EventPollFlags.EPOLLIN, FromTerminal);
        while (_isOpen && poll.Wait(TimeSpan.Zero, static (_, _) => { }) > 0)
            _isOpen = Copy(_master, _output);
    }

    public void Dispose()
    {
        _raw?.Dispose();
        _input.Dispose();
        _output.Dispose();
        _master.Dispose();
    }

    /// <summary>Moves what is there; false at the end. A terminal whose last slave was closed reads EIO.</summary>
    private bool Copy(FileDescriptor from, FileDescriptor to)
    {
        try
        {
            var count = from.Read(_buffer);
            if (count > 0)
                to.Write(_buffer.AsSpan(0, count));
            return count != 0;
        }
        catch (ErrnoException e) when (e.Errno is Errno.EIO or Errno.EPIPE)
        {
            return false;
        }
    }
}
