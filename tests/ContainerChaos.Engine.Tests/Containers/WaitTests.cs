using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Waiting for more than the end.</summary>
public sealed class WaitTests : ContainerTest
{
    private static readonly HealthCheckOptions s_flag = new() { Command = ["CMD", "/target", "cat", "/flag"], Interval = TimeSpan.FromMilliseconds(30), Retries = 1 };

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    [Fact]
    public async Task Healthy_is_seen_when_it_comes_also_by_the_next_monitor()
    {
        var container = Engine.Start(Engine.Create(Target("pause") with { Health = s_flag }).Id);
        var healthy = Task.Run(() => Engine.Wait(container.Id, ContainerWaitCondition.Healthy, Patience));
        using (var events = Engine.Subscribe(container.Id))
            Assert.Equal("unhealthy", AwaitEvent(events, EventTypes.HealthStatus).Attributes["status"]);
        KillMonitor(container);
        Assert.False(healthy.IsCompleted);
        Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/target", "write", "/flag", "x"] });
        var found = await healthy;
        Assert.Equal((ContainerStatus.Running, HealthStatus.Healthy), (found.State, found.Health!.Status));
        Assert.Equal(found.Id, Engine.Wait(container.Id, ContainerWaitCondition.Healthy, Patience).Id);
    }

    [Fact]
    public async Task What_ends_or_has_no_check_does_not_become_healthy()
    {
        Fails(ErrorReason.InvalidState, () => Engine.Wait(Run("pause").Id, ContainerWaitCondition.Healthy, Patience));
        var container = Engine.Start(Engine.Create(Target("pause") with { Health = s_flag }).Id);
        var healthy = Task.Run(() => Engine.Wait(container.Id, ContainerWaitCondition.Healthy, Patience));
        Engine.Stop(container.Id, TimeSpan.Zero);
        var error = await Assert.ThrowsAsync<ContainerException>(() => healthy);
        Assert.Equal(ErrorReason.InvalidState, error.Reason);
        Assert.Contains("137", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_exit_is_one_that_the_policy_follows_too_and_of_one_that_has_not_run_yet()
    {
        var container = Engine.Create(Target("pause") with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.None });
        var first = BeginWait(container, ContainerWaitCondition.NextExit, container.RootPath);
        var started = Engine.Start(container.Id);
        Assert.False(first.IsCompleted);
        Crash(started);
        Assert.Equal(137, (await first).ExitCode);

        using (var events = Engine.Subscribe(container.Id))
        {
            if (Engine.Get(container.Id).State != ContainerStatus.Running)
                AwaitEvent(events, EventTypes.Start);
        }
        var second = BeginWait(container, ContainerWaitCondition.NextExit, container.RootPath);
        Engine.Stop(container.Id, TimeSpan.Zero);
        var ended = await second;
        Assert.Equal(container.Id, ended.Id);
        Assert.NotNull(ended.ExitCode);
    }

    [Fact]
    public async Task The_next_exit_is_not_missed_when_runs_are_shorter_than_a_look()
    {
        var container = Engine.Create(Target("exit", "3") with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.None });
        var first = BeginWait(container, ContainerWaitCondition.NextExit, container.RootPath);
        Engine.Start(container.Id);
        Assert.Equal(3, (await first).ExitCode);
        Assert.Equal(3, Engine.Wait(container.Id, ContainerWaitCondition.NextExit, Patience).ExitCode);
        Engine.Stop(container.Id);
    }

    [Fact]
    public async Task Removal_is_waited_for()
    {
        var container = Engine.Create(Target("true"));
        var removed = BeginWait(container, ContainerWaitCondition.Removed, Path.GetDirectoryName(container.RootPath)!);
        Engine.Wait(Engine.Start(container.Id).Id);
        Engine.Remove(container.Id);
        Assert.Equal(container.Name, (await removed).Name);
        Fails(ErrorReason.ContainerNotFound, () => Engine.Wait(container.Id, ContainerWaitCondition.Removed, Patience));
    }

    /// <summary>Begins to wait; returns when the wait looks at its directory, so that what comes next is not missed.</summary>
    private Task<Container> BeginWait(Container container, ContainerWaitCondition condition, string watched)
    {
        var wait = Task.Factory.StartNew(() => Engine.Wait(container.Id, condition, Patience), TaskCreationOptions.LongRunning);
        Assert.True(SpinWait.SpinUntil(() => IsWatched(watched), TimeSpan.FromSeconds(20)));
        return wait;
    }

    /// <summary>Whether this process has a watch on a directory, proc(5).</summary>
    private static bool IsWatched(string directory)
    {
        var inode = $" ino:{FileStatus.Read(directory).Inode:x} ";
        return Directory.EnumerateFiles("/proc/self/fdinfo").Any(path =>
        {
            try
            {
                return File.ReadLines(path).Any(line => line.StartsWith("inotify ", StringComparison.Ordinal) && line.Contains(inode, StringComparison.Ordinal));
            }
            catch (IOException)
            {
                // Closed meanwhile.
                return false;
            }
        });
    }

    private static void Crash(Container container)
    {
        using var process = PidFd.Open(container.Pid!.Value);
        process.SendSignal(9);
    }
}
