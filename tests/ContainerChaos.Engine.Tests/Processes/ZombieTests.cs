using System.Diagnostics;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class ZombieTests : ContainerTest
{
    [Fact]
    public void Five_hundred_zombies_are_counted_and_listed()
    {
        var container = Run("zombies", "500");
        AwaitLog(container);

        Assert.Equal(500, Engine.CountZombies(container.Name));
        var processes = Engine.GetProcesses(container.Name);
        Assert.Equal(501, processes.Count);
        Assert.Equal(500, processes.Count(process => process is { State: ContainerProcessState.Zombie, ParentPid: 1, Command: "[target]" }));
        Assert.Equal(501, processes.Select(process => process.Pid).Distinct().Count());

        var watch = Stopwatch.StartNew();
        Engine.CountZombies(container.Name);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 250);
    }

    [Fact]
    public void An_init_reaps_orphans()
    {
        var container = Engine.Start(Engine.Create(Target("orphans", "100", "1") with { Init = true }).Id);
        AwaitLog(container);

        var deadline = Stopwatch.StartNew();
        while (Engine.CountZombies(container.Name) > 0)
            Assert.InRange(deadline.ElapsedMilliseconds, 0, 1_000);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void A_full_PID_table_is_named_with_what_fills_it()
    {
        var container = Engine.Start(Engine.Create(Target("zombies", "500") with { PidsLimit = 64 }).Id);
        AwaitLog(container);

        var error = Fails(ErrorReason.PidTableFull, () => Engine.Invoke(container.Name, new ContainerCommandOptions { Command = ["/target", "true"] }));

        // PID 1 itself has one thread or two.
        Assert.Matches(
            $"^{container.Name}: cannot start '/target': the container's PID table is full \\(64 of 64, 6[23] of them zombies that PID 1 has not reaped\\)\\.$", error.Message);
        Assert.Equal("Start it with -Init, or raise -PidsLimit.", error.Remedy);
    }

    [Fact]
    public async Task Counting_while_processes_come_and_go_neither_fails_nor_miscounts()
    {
        var container = Run("serve", "--port", "8080");
        AwaitReady(container);
        using var stop = new CancellationTokenSource();
        var churn = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                Engine.Invoke(container.Name, new ContainerCommandOptions { Command = ["/target", "get", "/fork?n=20"] });
        });

        for (var i = 0; i < 100; i++)
        {
            Assert.Contains(Engine.GetProcesses(container.Name), process => process.Pid == 1);
            Assert.InRange(Engine.CountZombies(container.Name), 0, 25);
        }

        await stop.CancelAsync();
        await churn;
    }
}
