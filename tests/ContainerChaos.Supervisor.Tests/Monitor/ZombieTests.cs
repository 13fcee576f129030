using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

[Trait("Category", "Kernel")]
public sealed class ZombieTests : ContainerTest
{
    [Fact]
    public void A_PID_1_that_does_not_reap_collects_them()
    {
        var container = Started("zombies", "50");
        container.WaitForOutput("zombies 50");
        // A child that has not ended yet is one in a moment; the kernel charges both the same.
        container.Await("50 zombies", () => container.Execute("true").ExitCode == 0 && Zombies(container) == 50);
    }

    [Fact]
    public void An_init_reaps_orphans_within_a_second()
    {
        var container = Create(["orphans", "50", "10"], definition => definition with { Init = true });
        container.Start();
        container.WaitForOutput("orphans 50");
        var started = Stopwatch.GetTimestamp();
        container.Await("none", () => container.Execute("true").ExitCode == 0 && Members(container).Count <= 3);
        Assert.True(Stopwatch.GetElapsedTime(started) < Patience.Within(1000));
        Assert.Equal(0, Zombies(container));
    }

    [Fact]
    public void An_init_passes_on_the_command_s_exit_code_while_orphans_live()
    {
        var container = Create(["seq", "sleep", "infinity", "&", "exit", "7"], definition => definition with { Init = true });
        Assert.Equal(7, container.Run().ExitCode);
    }

    [Fact]
    public void When_zombies_reach_the_limit_exec_says_that_the_PID_table_is_full()
    {
        const int limit = 20;
        var container = Create(["zombies", "100"], null, spec => spec with { Linux = spec.Linux! with { Resources = new ResourcesSpec { Pids = new PidsSpec { Limit = limit } } } });
        container.Start();
        container.WaitForOutput("zombies");
        var error = Assert.Throws<ContainerException>(() => container.Execute("true"));
        Assert.Equal((ErrorReason.PidTableFull, Errno.EAGAIN), (error.Reason, error.Errno));
        Assert.Contains($"{limit} of {limit}", error.Message);
        Assert.Contains("-Init", error.Remedy);
        Assert.Equal(ContainerStatus.Running, container.Ask(client => client.GetState()).Status);
        Assert.DoesNotContain(container.Events(), e => e.Type == EventTypes.ExecStart);
    }

    [Fact]
    public void A_full_PID_table_does_not_keep_the_container_from_stopping()
    {
        var container = Create(["zombies", "100"], null, spec => spec with { Linux = spec.Linux! with { Resources = new ResourcesSpec { Pids = new PidsSpec { Limit = 20 } } } });
        container.Start();
        container.WaitForOutput("zombies");
        Assert.Equal(137, container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token)).ExitCode);
    }

    private static List<int> Members(TestContainer container) =>
        [.. ProcessList.Pids().Where(pid => ProcessStatus.TryRead(pid)?.NamespacePids.Count > 1 && SameNamespace(pid, container.Pid))];

    private static int Zombies(TestContainer container) =>
        ProcessList.Pids().Count(pid => ProcessStat.TryRead(pid, out var stat) && stat.State == 'Z' && SameNamespace(pid, container.Pid));

    private static bool SameNamespace(int pid, int other) =>
        ProcessNamespace.TryReadPidNamespace(pid, out var one) && ProcessNamespace.TryReadPidNamespace(other, out var two) && one == two;
}
