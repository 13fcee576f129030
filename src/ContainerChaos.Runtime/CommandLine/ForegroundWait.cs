using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// Waits for a process in the foreground, and passes on the signals that this command gets. They are blocked since it was
/// executed, so one that comes while the process starts is passed on as well, and none ends the command and leaves the process alone.
/// </summary>
internal static class ForegroundWait
{
    private const int SIGWINCH = 28;
    private const long SignalKey = 1, EndKey = 2;

    /// <summary>The signals that are passed on, and the one that says that the terminal has another size.</summary>
    internal const ulong Signals =
        1UL << (1 - 1) /* HUP */ | 1UL << (2 - 1) /* INT */ | 1UL << (3 - 1) /* QUIT */ | 1UL << (10 - 1) /* USR1 */ | 1UL << (12 - 1) /* USR2 */ |
        1UL << (14 - 1) /* ALRM */ | 1UL << (15 - 1) /* TERM */ | 1UL << (SIGWINCH - 1);

    /// <summary>Waits, relays a terminal and passes a service's messages on if there are any, and reaps the process.</summary>
    /// <returns>Its exit code, 128+n after signal n.</returns>
    internal static int Until(PidFd process, TerminalRelay? relay, NotifySocket? notify = null)
    {
        using var signals = SignalFd.Create(Signals);
        using var poll = new EventPoll();
        poll.Add(signals, EventPollFlags.EPOLLIN, SignalKey);
        poll.Add(process, EventPollFlags.EPOLLIN, EndKey);
        relay?.Watch(poll);
        notify?.Watch(poll);
        for (var ended = false; !ended;)
        {
            poll.Wait(relay is { HasInputAtHand: true } ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, (key, _) =>
            {
                if (key == EndKey)
                    ended = true;
                else if (key == SignalKey)
                    Forward(signals, process, relay);
                else if (notify?.TryCarry(key) != true)
                    relay!.Carry(key);
            });
            if (relay is { HasInputAtHand: true })
                relay.CarryInput();
        }
        relay?.Drain();
        notify?.Finish();
        return process.WaitForExit();
    }

    private static void Forward(SignalFd signals, PidFd process, TerminalRelay? relay)
    {
        while (signals.TryRead() is { } signal)
        {
            if (signal != SIGWINCH)
                process.SendSignal(signal);
            else
                relay?.Resize();
        }
    }
}
