using System.Runtime.InteropServices;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Carries bytes between the caller's streams and a container's terminal while a foreground command runs.</summary>
internal sealed class TerminalRelay : IDisposable
{
    private const long FromTerminal = 1, FromInput = 2, Ended = 3;

    private readonly FileDescriptor _master;
    private readonly FileDescriptor _input = FileDescriptor.Duplicate(0);
    private readonly FileDescriptor _output = FileDescriptor.Duplicate(1);
    private readonly TerminalMode? _raw;
    private readonly PosixSignalRegistration _resize;

    internal TerminalRelay(FileDescriptor master)
    {
        _master = master;
        _raw = TerminalMode.TryMakeRaw(_input);
        TerminalMode.CopySize(_input, master);
        _resize = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => TerminalMode.CopySize(_input, _master));
    }

    /// <summary>Relays until the process has ended and its output has been read.</summary>
    internal void Run(PidFd process)
    {
        using var poll = new EventPoll();
        poll.Add(_master, EventPollFlags.EPOLLIN, FromTerminal);
        poll.Add(process, EventPollFlags.EPOLLIN, Ended);
        // A regular file or /dev/null can't be waited for (EPERM), and is always ready.
        var watched = TryWatchInput(poll);
        var buffer = new byte[16384];
        var (open, ended, reading) = (true, false, true);
        while (open && !ended)
        {
            if (!watched && reading)
                reading = Copy(_input, _master, buffer);
            poll.Wait(Timeout.InfiniteTimeSpan, (key, _) =>
            {
                if (key == FromTerminal)
                {
                    open = Copy(_master, _output, buffer);
                }
                else if (key == Ended)
                {
                    ended = true;
                }
                else if (!Copy(_input, _master, buffer))
                {
                    poll.Remove(_input);
                    reading = false;
                }
            });
        }
        if (open)
            Drain(poll, buffer);
    }

    public void Dispose()
    {
        _resize.Dispose();
        _raw?.Dispose();
        _input.Dispose();
        _output.Dispose();
        _master.Dispose();
    }

    /// <summary>What the ended process had written is in the terminal already; a child that holds it open is not waited for.</summary>
    private void Drain(EventPoll poll, byte[] buffer)
    {
        var open = true;
        while (open)
        {
            var ready = false;
            poll.Wait(TimeSpan.Zero, (key, _) =>
            {
                if (key != FromTerminal)
                    return;
                ready = true;
                open = Copy(_master, _output, buffer);
            });
            open &= ready;
        }
    }

    private bool TryWatchInput(EventPoll poll)
    {
        try
        {
            poll.Add(_input, EventPollFlags.EPOLLIN, FromInput);
            return true;
        }
        catch (ErrnoException e) when (e.Errno == Errno.EPERM)
        {
            return false;
        }
    }

    /// <summary>Moves what is there; false at the end. A terminal whose last slave was closed reads EIO.</summary>
    private static bool Copy(FileDescriptor from, FileDescriptor to, byte[] buffer)
    {
        try
        {
            var count = from.Read(buffer);
            if (count > 0)
                to.Write(buffer.AsSpan(0, count));
            return count != 0;
        }
        catch (ErrnoException e) when (e.Errno is Errno.EIO or Errno.EPIPE)
        {
            return false;
        }
    }
}
