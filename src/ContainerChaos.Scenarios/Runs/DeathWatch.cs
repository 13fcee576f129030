using ContainerChaos.Linux;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios;

/// <summary>Stamps the end of one process through a pidfd of our own: the observer that does not believe the runtime.</summary>
internal sealed class DeathWatch : IDisposable
{
    private const long ProcessKey = 1;
    private const long CancelKey = 2;

    private readonly PidFd _process;
    private readonly EventFd _cancel = EventFd.Create();
    private readonly Thread _thread;
    private long _died;

    private DeathWatch(PidFd process)
    {
        _process = process;
        _thread = new Thread(Run) { IsBackground = true, Name = "death watch" };
    }

    /// <summary>When it ended, monotonic nanoseconds; null as long as it lives.</summary>
    internal long? Died => Volatile.Read(ref _died) is > 0 and var died ? died : null;

    /// <summary>Starts to watch a process, or returns null when it has ended already.</summary>
    /// <param name="pid">Its PID here.</param>
    /// <param name="startTime">Its start time, which tells it from a later process of the same number.</param>
    internal static DeathWatch? TryStart(int pid, ulong startTime)
    {
        if (pid <= 0 || PidFd.TryOpen(pid) is not { } process)
            return null;
        if (ProcessStat.TryReadStartTime(pid) != startTime)
        {
            process.Dispose();
            return null;
        }

        var watch = new DeathWatch(process);
        watch._thread.Start();
        return watch;
    }

    public void Dispose()
    {
        _cancel.Signal();
        _thread.Join();
        _process.Dispose();
        _cancel.Dispose();
    }

    private void Run()
    {
        using var poll = new EventPoll();
        poll.Add(_process, EventPollFlags.EPOLLIN, ProcessKey);
        poll.Add(_cancel, EventPollFlags.EPOLLIN, CancelKey);
        bool done = false;
        while (!done)
            poll.Wait(Timeout.InfiniteTimeSpan, (key, _) =>
            {
                if (key == ProcessKey)
                    Volatile.Write(ref _died, MonotonicClock.Now);
                done = true;
            });
    }
}
