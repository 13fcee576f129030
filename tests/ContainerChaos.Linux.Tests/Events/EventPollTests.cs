namespace ContainerChaos.Linux.Tests;

[Trait("Category", "Kernel")]
public sealed class EventPollTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly EventPoll _poll = new();

    public void Dispose() => _poll.Dispose();

    [Fact]
    public void The_key_and_the_events_of_what_is_ready_come_back()
    {
        using var ready = EventFd.Create();
        using var quiet = EventFd.Create();
        const long key = long.MaxValue - 5;
        _poll.Add(ready, EventPollFlags.EPOLLIN, key);
        _poll.Add(quiet, EventPollFlags.EPOLLIN, 2);
        ready.Signal();

        Assert.Equal([(key, EventPollFlags.EPOLLIN)], Wait(Limit));
    }

    [Fact]
    public void It_is_level_triggered()
    {
        using var ready = EventFd.Create();
        _poll.Add(ready, EventPollFlags.EPOLLIN, 1);
        ready.Signal();

        Assert.Single(Wait(Limit));
        Assert.Single(Wait(Limit));
        ready.Clear();
        Assert.Empty(Wait(TimeSpan.Zero));
    }

    [Fact]
    public void More_is_ready_than_one_call_returns()
    {
        var descriptors = Enumerable.Range(0, 40).Select(_ => EventFd.Create()).ToArray();
        for (var i = 0; i < descriptors.Length; i++)
        {
            _poll.Add(descriptors[i], EventPollFlags.EPOLLIN, i);
            descriptors[i].Signal();
        }
        var seen = new HashSet<long>();
        for (var round = 0; round < 40 && seen.Count < descriptors.Length; round++)
        {
            _poll.Wait(Limit, (key, _) =>
            {
                seen.Add(key);
                descriptors[key].Clear();
            });
        }
        Assert.Equal(descriptors.Length, seen.Count);
        Array.ForEach(descriptors, descriptor => descriptor.Dispose());
    }

    [Fact]
    public void What_was_removed_is_silent()
    {
        using var ready = EventFd.Create();
        _poll.Add(ready, EventPollFlags.EPOLLIN, 1);
        ready.Signal();
        _poll.Remove(ready);
        Assert.Empty(Wait(TimeSpan.Zero));
    }

    [Fact]
    public void The_end_of_the_writers_is_a_hang_up()
    {
        var (read, write) = FileDescriptor.Pipe();
        using (read)
        {
            _poll.Add(read, EventPollFlags.EPOLLIN, 1);
            write.Dispose();
            Assert.Equal([(1L, EventPollFlags.EPOLLHUP)], Wait(Limit));
        }
    }

    [Fact]
    public void A_timer_fires_once_and_not_before_its_time()
    {
        using var timer = TimerFd.Create();
        _poll.Add(timer, EventPollFlags.EPOLLIN, 1);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        timer.Arm(TimeSpan.FromMilliseconds(20));
        Assert.Single(Wait(Limit));
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(20));
        timer.Clear();
        Assert.Empty(Wait(TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public void A_timer_of_zero_fires_at_once_and_a_stopped_one_never()
    {
        using var timer = TimerFd.Create();
        _poll.Add(timer, EventPollFlags.EPOLLIN, 1);
        timer.Arm(TimeSpan.Zero);
        Assert.Single(Wait(Limit));
        timer.Clear();

        timer.Arm(TimeSpan.FromMilliseconds(10));
        timer.Disarm();
        Assert.Empty(Wait(TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public void The_time_of_a_wait_is_kept() => Assert.Empty(Wait(TimeSpan.FromMilliseconds(5)));

    private List<(long, EventPollFlags)> Wait(TimeSpan timeout)
    {
        var events = new List<(long, EventPollFlags)>();
        _poll.Wait(timeout, (key, flags) => events.Add((key, flags)));
        return events;
    }
}
