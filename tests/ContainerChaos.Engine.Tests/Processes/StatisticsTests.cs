using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class StatisticsTests : ContainerTest
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    [Fact]
    [Trait("Category", "Kernel")]
    public void A_burner_is_held_to_its_limit_and_a_sleeper_uses_nothing()
    {
        var burner = Engine.Start(Engine.Create(Target("cpu", "2") with { Cpus = 0.2 }).Id);
        var sleeper = Run("pause");
        // It has begun, which on a busy machine may come late, and is held.
        Assert.True(SpinWait.SpinUntil(() => Engine.ReadStatistics([burner.Id], TimeSpan.FromMilliseconds(100)).Single().ThrottledPeriods > 0, TimeSpan.FromMinutes(1)));

        var statistics = Engine.ReadStatistics([burner.Id, sleeper.Id], TimeSpan.FromSeconds(1)).ToDictionary(one => one.Name);

        // Two threads want two processors and get a fifth of one.
        var busy = statistics[burner.Name];
        Assert.InRange(busy.CpuPercent, 5, 30);
        Assert.True(busy.ThrottledPeriods > 0);
        Assert.True(busy.ThrottledTime > TimeSpan.Zero);
        Assert.True(busy.CpuTime > TimeSpan.FromMilliseconds(50));
        // The end of its own start may be in it, which takes an emulated processor tens of milliseconds.
        Assert.InRange(statistics[sleeper.Name].CpuPercent, 0, busy.CpuPercent / 2);
        Assert.Equal(0, statistics[sleeper.Name].ThrottledPeriods);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void Memory_processes_and_their_limits_are_those_of_the_group()
    {
        var leaker = Engine.Start(Engine.Create(Target("leak", "--mb", "20") with { MemoryBytes = 64 << 20, PidsLimit = 50 }).Id);
        AwaitLog(leaker);

        var statistics = Assert.Single(Engine.ReadStatistics([leaker.Id], Interval));

        Assert.InRange(statistics.MemoryBytes, 20L << 20, 30L << 20);
        Assert.Equal(64L << 20, statistics.MemoryLimitBytes);
        Assert.Equal(100.0 * statistics.MemoryBytes / (64 << 20), statistics.MemoryPercent!.Value, 5);
        // PID 1 has one thread or two.
        Assert.InRange(statistics.Pids, 1, 2);
        Assert.Equal((50L, 0), (statistics.PidsLimit, statistics.OomKills));
        Assert.Equal(CgroupHost.Current.Mode == CgroupMode.V2, statistics.MemoryPressure is not null);
        // A network of its own with nothing but loopback.
        Assert.Equal((0L, 0L), (statistics.NetworkReceivedBytes, statistics.NetworkSentBytes));
    }

    [Fact]
    public void Without_limits_there_are_none()
    {
        var container = Engine.Start(Engine.Create(Target("pause") with { Network = "host" }).Id);

        var statistics = Assert.Single(Engine.ReadStatistics([container.Name], Interval));

        Assert.Null(statistics.MemoryLimitBytes);
        Assert.Null(statistics.MemoryPercent);
        Assert.Null(statistics.NetworkReceivedBytes);
    }

    [Fact]
    public void Following_ends_with_the_last_container()
    {
        var (first, second) = (Run("pause"), Run("pause"));
        var seen = new List<string>();

        foreach (var statistics in Engine.ReadStatistics([first.Id, second.Id], TimeSpan.FromMilliseconds(100), follow: true))
        {
            seen.Add(statistics.Name);
            if (seen.Count == 2)
                Engine.Stop(first.Id, TimeSpan.Zero);
            if (seen.Count == 4)
                Engine.Stop(second.Id, TimeSpan.Zero);
        }

        Assert.Equal([first.Name, second.Name], seen.Take(2));
        Assert.DoesNotContain(first.Name, seen.Skip(2));
        Assert.Contains(second.Name, seen.Skip(2));
    }

    [Fact]
    public void What_does_not_run_has_no_statistics()
    {
        var container = Engine.Create(Target("pause"));

        Fails(ErrorReason.InvalidState, () => _ = Engine.ReadStatistics([container.Id], Interval));
        Fails(ErrorReason.ContainerNotFound, () => _ = Engine.ReadStatistics(["nobody"], Interval));
        Fails(ErrorReason.InvalidArgument, () => _ = Engine.ReadStatistics([], TimeSpan.FromMilliseconds(99)));
    }

    [Fact]
    public void Reading_ends_when_it_is_cancelled()
    {
        var container = Run("pause");
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();

        Assert.Throws<OperationCanceledException>(() => Engine.ReadStatistics([container.Id], TimeSpan.FromHours(1), cancellationToken: cancel.Token).ToList());
    }
}
