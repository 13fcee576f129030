using ContainerChaos.Linux;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class FollowTests : ContainerTest
{
    [Fact]
    public void Following_ends_when_the_container_is_down_and_loses_no_line()
    {
        var container = Engine.Create(Target("seq", "echo", "one", ";", "sleep", "0.2", ";", "echo", "two", ";", "cat", "/nowhere"));
        Engine.Start(container.Id);

        var entries = Engine.ReadLog(container.Id, new ContainerLogOptions { Follow = true }).ToList();

        Assert.Equal(["one", "two"], entries.Where(entry => entry.Stream == "stdout").Select(entry => entry.Line));
        Assert.Contains(entries, entry => entry.Stream == "stderr");
        Assert.Equal(entries, entries.OrderBy(entry => entry.Time));
    }

    [Fact]
    public void Following_goes_on_over_the_monitors_death()
    {
        var container = Engine.Start(Engine.Create(Target("signals")).Id);
        using var lines = Engine.ReadLog(container.Id, new ContainerLogOptions { Follow = true }).GetEnumerator();
        Assert.True(lines.MoveNext());
        Assert.Equal("ready", lines.Current.Line);
        KillMonitor(container);
        using (var process = PidFd.Open(container.Pid!.Value))
            process.SendSignal(2);

        // Nobody but this reader looks at the container now.
        Assert.True(lines.MoveNext());
        Assert.Contains("INT", lines.Current.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void Tail_and_since_choose_the_end()
    {
        var container = Run("seq", "echo", "one", ";", "echo", "two", ";", "echo", "three");
        Engine.Wait(container.Id);
        var all = Engine.ReadLog(container.Id).ToList();

        Assert.Equal(["two", "three"], Engine.ReadLog(container.Id, new ContainerLogOptions { Tail = 2 }).Select(entry => entry.Line));
        Assert.Equal(["three"], Engine.ReadLog(container.Id, new ContainerLogOptions { Since = all[2].Time }).Select(entry => entry.Line));
    }

    [Fact]
    public void Following_ends_at_once_when_it_is_cancelled()
    {
        var container = Run("pause");
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        Assert.Throws<OperationCanceledException>(() => Engine.ReadLog(container.Id, new ContainerLogOptions { Follow = true }, cancel.Token).ToList());
    }
}
