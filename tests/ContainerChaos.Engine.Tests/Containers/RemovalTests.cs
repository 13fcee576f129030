using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;
using ContainerChaos.Testing;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>The end of a container's files: asked for, at the end of its run, and when something comes in between.</summary>
public sealed class RemovalTests : ContainerTest
{
    [Fact]
    public void A_container_that_is_removed_at_its_end_is_gone_when_the_wait_returns()
    {
        for (var round = 0; round < Rounds(300, 15); round++)
        {
            var container = Engine.Create(Target("exit", "3") with { Name = "once", AutoRemove = true });
            Assert.Equal(3, Engine.Wait(Engine.Start(container.Id).Id).ExitCode);
            AssertGone(container);
        }
        Assert.Equal(["create", "start", "die", "destroy"], EventsOf("once").Take(4));
    }

    [Fact]
    public void So_is_one_that_was_stopped_and_one_that_could_not_start()
    {
        var stopped = Engine.Start(Engine.Create(Target("pause") with { AutoRemove = true }).Id);
        Assert.Equal(137, Engine.Stop(stopped.Id, TimeSpan.Zero).ExitCode);
        AssertGone(stopped);

        var failing = Engine.Create(new ContainerCreateOptions { Image = "target", Entrypoint = ["/nowhere"], AutoRemove = true });
        Assert.Equal(ErrorReason.CommandNotFound, Assert.Throws<ContainerException>(() => Engine.Start(failing.Id)).Reason);
        AssertGone(failing);

        var restarted = Engine.Start(Engine.Create(Target("pause") with { AutoRemove = true }).Id);
        Assert.NotEqual(restarted.Pid, Engine.Restart(restarted.Id, TimeSpan.Zero).Pid);
        Engine.Remove(restarted.Id, force: true);
        AssertGone(restarted);
    }

    [Fact]
    public void Its_anonymous_volumes_go_with_it_unless_another_has_them_and_named_ones_stay()
    {
        var container = Engine.Create(Target("pause") with { Name = "once", AutoRemove = true, Volumes = ["/own", "/shared", "data:/data"] });
        var shared = container.Mounts.Single(mount => mount.Destination == "/shared").Name!;
        var other = Engine.Create(Target("pause") with { Name = "other", Volumes = [$"{shared}:/of-once"] });
        Engine.Start(container.Id);
        Engine.Stop(container.Id, TimeSpan.Zero);
        Assert.Equal(new[] { shared, "data" }.Order(), Engine.ListVolumes().Select(volume => volume.Name).Order());
        Assert.Single(Engine.ReadEvents(new ContainerEventOptions { Since = DateTimeOffset.MinValue, Until = DateTimeOffset.UtcNow, Filter = e => e is { ObjectType: EventTypes.Volume, Type: EventTypes.Destroy } }));

        // The one that nobody watched is removed by the next look, with its own.
        var watched = Engine.Start(Engine.Create(Target("pause") with { AutoRemove = true, Volumes = ["/own"] }).Id);
        using (var first = PidFd.Open(watched.Pid!.Value))
        {
            KillMonitor(watched);
            first.SendSignal(9);
            AwaitEnd(first);
        }
        Engine.Wait(watched.Id);
        AssertGone(watched);
        Assert.Equal(2, Engine.ListVolumes().Count);
        Engine.Remove(other.Id, new ContainerRemoveOptions { Volumes = true });
        Assert.Equal(2, Engine.ListVolumes().Count);
    }

    [Fact]
    public void A_wait_for_one_that_can_t_be_removed_at_its_end_says_that_it_is_dead()
    {
        var container = Engine.Create(Target("exit", "3") with { AutoRemove = true });
        using (new SmallDisk(Path.Combine(container.RootPath, "upper", "busy"), 1))
        {
            var dead = Engine.Wait(Engine.Start(container.Id).Id);
            Assert.Equal((ContainerStatus.Dead, 3), (dead.State, dead.ExitCode));
            Assert.Contains("busy", dead.Error, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(Engine.List(), one => one.Id == container.Id);
        AssertGone(container);
    }

    [Fact]
    public void A_monitor_that_is_killed_at_any_moment_of_the_end_leaves_nothing_that_the_next_call_does_not_remove()
    {
        var random = new Random(5);
        for (var round = 0; round < Rounds(300, 12); round++)
        {
            var container = Engine.Start(Engine.Create(Target("pause") with { Name = "once", AutoRemove = true }).Id);
            var monitor = ReadMonitorPid(container);
            using var process = PidFd.Open(monitor);
            using (var first = PidFd.Open(container.Pid!.Value))
                first.SendSignal(9);
            var asked = System.Diagnostics.Stopwatch.GetTimestamp();
            var delay = TimeSpan.FromMicroseconds(random.Next(0, 5000));
            SpinWait.SpinUntil(() => System.Diagnostics.Stopwatch.GetElapsedTime(asked) > delay);
            process.SendSignal(9);
            AwaitEnd(process);
            // The death of an adopted one may still be on its way to the monitor that the first call starts.
            if (Engine.List().Any(one => one.Id == container.Id))
            {
                try
                {
                    Engine.Wait(container.Id);
                }
                catch (ContainerException e) when (e.Reason == ErrorReason.ContainerNotFound)
                {
                }
            }
            AssertGone(container);
        }
    }

    [Fact]
    public void A_policy_and_the_removal_at_the_end_exclude_each_other() =>
        Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target("true") with { AutoRemove = true, RestartPolicy = RestartPolicy.Always }));

    [Fact]
    public void A_container_of_which_something_can_t_be_removed_is_dead_and_is_removed_when_it_can()
    {
        var container = Engine.Create(Target("true"));
        var busy = Path.Combine(container.RootPath, "upper", "busy");
        using (new SmallDisk(busy, 1))
        {
            Assert.Throws<ContainerException>(() => Engine.Remove(container.Id));
            var dead = Engine.Get(container.Name);
            Assert.Equal(ContainerStatus.Dead, dead.State);
            Assert.Contains("busy", dead.Error, StringComparison.Ordinal);
            Fails(ErrorReason.InvalidState, () => Engine.Start(container.Id));
            Assert.Throws<ContainerException>(() => Engine.Remove(container.Id));
        }
        Engine.Remove(container.Id);
        AssertGone(container);
    }

    [Fact]
    public void A_removal_that_is_under_way_is_seen_and_one_that_was_cut_off_leaves_a_dead_container()
    {
        var container = Engine.Create(Target("true"));
        var path = Path.Combine(container.RootPath, "state.json");
        var state = JsonFile.TryRead(path, SupervisorJson.ContainerState)!;
        JsonFile.Write(path, state with { Status = ContainerStatus.Removing }, SupervisorJson.ContainerState);
        var run = Path.Combine(Options.RunRoot, container.Id);
        Directory.CreateDirectory(run);
        using (var held = FileDescriptor.Open(Path.Combine(run, "lock"), OpenFlags.O_RDWR | OpenFlags.O_CREAT, 0x180))
        {
            Assert.True(held.TryLock());
            Assert.Equal(ContainerStatus.Removing, Engine.Get(container.Id).State);
            Fails(ErrorReason.InvalidState, () => Engine.Start(container.Id));
        }
        Assert.Equal(ContainerStatus.Dead, Engine.Get(container.Id).State);
        Engine.Remove(container.Id);
        AssertGone(container);
    }

    [Fact]
    public void Removing_and_starting_at_once_leaves_one_of_the_two()
    {
        for (var round = 0; round < Rounds(200, 10); round++)
        {
            var container = Engine.Create(Target("pause"));
            var outcomes = new List<string>();
            Parallel.Invoke(
                () => Try("start", () => Engine.Start(container.Id)),
                () => Try("remove", () => Engine.Remove(container.Id)));
            if (outcomes.Contains("remove"))
                AssertGone(container);
            else
                Engine.Remove(container.Id, force: true);
            AssertGone(container);

            void Try(string name, Action action)
            {
                try
                {
                    action();
                    lock (outcomes)
                        outcomes.Add(name);
                }
                catch (ContainerException e) when (e.Reason is ErrorReason.InvalidState or ErrorReason.ContainerNotFound)
                {
                }
            }
        }
    }

    private static int Rounds(int ofLong, int ofShort) => Environment.GetEnvironmentVariable("CONTAINERCHAOS_LONG") == "1" ? ofLong : ofShort;

    private void AssertGone(Container container)
    {
        Assert.False(Directory.Exists(container.RootPath), container.RootPath);
        Assert.False(Directory.Exists(Path.Combine(Options.RunRoot, container.Id)), "its run directory");
        Assert.False(File.Exists(Path.Combine(Options.DataRoot, "names", container.Name)), "its name");
        Assert.False(CgroupHost.Current.Group(container.CgroupPath).Exists, container.CgroupPath);
        Assert.DoesNotContain(Engine.List(), one => one.Id == container.Id);
    }

    private IEnumerable<string> EventsOf(string name) =>
        Engine.ReadEvents(new ContainerEventOptions { Since = DateTimeOffset.MinValue, Until = DateTimeOffset.UtcNow, Filter = e => e.Name == name }).Select(e => e.Type);
}
