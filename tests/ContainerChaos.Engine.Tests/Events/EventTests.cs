using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class EventTests : ContainerTest
{
    [Fact]
    public void A_life_is_told_from_its_beginning_to_its_end_and_outlives_the_container()
    {
        var before = DateTimeOffset.UtcNow;
        var container = Run("pause");
        Engine.Suspend(container.Id);
        Engine.Resume(container.Id);
        Engine.Stop(container.Id, TimeSpan.Zero);
        Engine.Remove(container.Id);

        var events = Engine.ReadEvents(new() { Since = before, Until = DateTimeOffset.UtcNow }).ToList();

        Assert.Equal(["create", "start", "pause", "unpause"], events.Take(4).Select(one => one.Type));
        Assert.Equal(["kill", "die", "stop", "destroy"], events.Skip(4).Select(one => one.Type).Distinct());
        Assert.All(events, one => Assert.Equal((container.Id, container.Name), (one.ContainerId, one.Name)));
        Assert.Equal("137", events.Single(one => one.Type == "die").Attributes["exitCode"]);
        Assert.Equal(events.Select(one => one.Time).Order(), events.Select(one => one.Time));
        Assert.Empty(Engine.ReadEvents(new() { Since = before, Until = before }));
    }

    [Fact]
    public void The_future_is_told_as_it_happens_and_the_past_is_not()
    {
        var first = Run("pause");
        var events = Engine.ReadEvents(new() { Filter = one => one.Type is "create" or "start" or "die" });
        var second = Run("pause");
        var seen = new List<string>();

        foreach (var one in events)
        {
            seen.Add(one.Type);
            Assert.Equal(second.Name, one.Name);
            if (one.Type == "start")
                Engine.Stop(second.Id, TimeSpan.Zero);
            if (one.Type == "die")
                break;
        }

        Assert.Equal(["create", "start", "die"], seen);
        Assert.Equal(ContainerStatus.Running, Engine.Get(first.Id).State);
    }

    [Fact]
    public void Nothing_is_lost_or_told_twice_when_the_journal_is_rotated()
    {
        var container = Engine.Create(Target("pause"));
        var path = Path.Combine(Engine.Options.DataRoot, "events", "events.jsonl");
        var filler = new string('x', 64 * 1024);
        using var reading = Engine.ReadEvents().GetEnumerator();

        // A few more than fit.
        var count = (int)(EventJournal.MaximumLength / filler.Length) + 20;
        for (var i = 0; i < count; i++)
        {
            EventJournal.Append(path, new ContainerEvent("test", container.Id, DateTimeOffset.UtcNow, i, new Dictionary<string, string> { ["filler"] = filler }));
        }
        for (var i = 0; i < count; i++)
        {
            Assert.True(reading.MoveNext());
            Assert.Equal(i, reading.Current.MonotonicNanoseconds);
        }

        Assert.True(new FileInfo(path + ".1").Length > EventJournal.MaximumLength);
        Assert.True(new FileInfo(path).Length < EventJournal.MaximumLength);
    }

    [Fact]
    public void Watching_ends_with_its_time_or_when_it_is_cancelled()
    {
        Assert.Empty(Engine.ReadEvents(new() { Until = DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(50) }));

        using var cancel = new CancellationTokenSource();
        cancel.CancelAfter(50);
        Assert.ThrowsAny<OperationCanceledException>(() => Engine.ReadEvents(cancellationToken: cancel.Token).ToList());
    }
}
