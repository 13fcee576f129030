using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

[Trait("Category", "Kernel")]
public sealed class OomTests : ContainerTest
{
    private const int Megabyte = 1 << 20;

    [Fact]
    public void An_overrun_is_137_and_flagged_and_the_oom_event_precedes_the_exit_every_time()
    {
        var container = Limited(["leak"], 6);
        for (var round = 1; round <= Patience.Rounds(100, 20); round++)
        {
            var state = container.Run();
            Assert.Equal((ContainerStatus.Exited, 137, true), (state.Status, state.ExitCode, state.OomKilled));
            Assert.Equal(["start", "oom", "die"], container.Events().Skip((round - 1) * 3).Select(e => e.Type));
            var events = container.Events();
            Assert.True(events[^2].MonotonicNanoseconds <= events[^1].MonotonicNanoseconds + 1_000_000_000);
            Assert.Equal("true", events[^1].Attributes["oomKilled"]);
        }
    }

    [Fact]
    public void A_restart_after_an_overrun_is_flagged_for_its_own_run_only()
    {
        // The second run finds the file that the first one left, and ends well.
        var container = Create(["seq", "cat", "/once", ";", "append", "/once", "x", ";", "leak"], d => d with { RestartPolicy = RestartPolicy.Parse("on-failure:1"), RestartDelay = RestartDelay.None }, Limit(6));
        container.Start();
        container.WaitForExit();
        Assert.Equal(2, container.Events().Count(e => e.Type == EventTypes.Start));
        Assert.Equal(2, container.Events().Count(e => e.Type == EventTypes.Oom));

        var next = Create("true");
        Assert.False(next.Run().OomKilled);
    }

    [Fact]
    public void The_flag_is_gone_after_the_next_start()
    {
        var container = Limited(["leak"], 6);
        Assert.True(container.Run().OomKilled);
        File.WriteAllText(container.Paths.Spec, File.ReadAllText(container.Paths.Spec).Replace("\"leak\"", "\"true\""));
        var state = container.Run();
        Assert.Equal((0, false), (state.ExitCode, state.OomKilled));
    }

    [Fact]
    public void A_child_s_overrun_while_PID_1_lives_is_an_event_and_no_exit()
    {
        // PID 1 is the harder one to kill; the leaking child is the kernel's choice.
        var container = Limited(["seq", "leak", ";", "echo", "still here", ";", "pause"], 12);
        container.Start();
        var oom = container.WaitForEvent(EventTypes.Oom);
        Assert.Equal("1", oom.Attributes["count"]);
        container.WaitForOutput("still here");
        var state = container.Ask(client => client.GetState());
        Assert.Equal((ContainerStatus.Running, false), (state.Status, state.OomKilled));
        Assert.DoesNotContain(container.Events(), e => e.Type == EventTypes.Die);
    }

    [Fact]
    public void Each_child_s_overrun_is_counted()
    {
        var container = Limited(["seq", "leak", ";", "leak", ";", "leak", ";", "echo", "done", ";", "pause"], 12);
        container.Start();
        container.WaitForOutput("done");
        container.Await("three kills", () => container.Events().Where(e => e.Type == EventTypes.Oom).Sum(e => int.Parse(e.Attributes["count"])) == 3);
    }

    [Fact]
    public void An_executed_command_s_overrun_ends_that_command_only()
    {
        var container = Limited(["pause"], 12);
        container.Start();
        Assert.Equal(137, container.Execute("leak").ExitCode);
        container.WaitForEvent(EventTypes.Oom);
        Assert.Equal(ContainerStatus.Running, container.Ask(client => client.GetState()).Status);
    }

    private TestContainer Limited(string[] command, int megabytes) => Create(command, null, Limit(megabytes));

    private static Func<RuntimeSpec, RuntimeSpec> Limit(int megabytes) => spec => spec with
    {
        Linux = spec.Linux! with { Resources = new ResourcesSpec { Memory = new MemorySpec { Limit = megabytes * Megabyte, Swap = megabytes * Megabyte } } },
    };
}
