using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

[Trait("Category", "Kernel")]
public sealed class LimitTests : ContainerTest
{
    private static bool IsV2 => CgroupHost.Current.Mode == CgroupMode.V2;

    [Fact]
    public void Limits_are_in_the_kernel_s_files_while_it_runs_and_gone_after()
    {
        var container = Limited(new ResourcesSpec
        {
            Memory = new MemorySpec { Limit = 64 << 20, Swap = 64 << 20 },
            Cpu = new CpuSpec { Quota = 50_000, Period = 100_000 },
            Pids = new PidsSpec { Limit = 100 },
        });
        container.Start();
        Assert.Equal("67108864", Read(container, IsV2 ? "memory.max" : "memory.limit_in_bytes"));
        Assert.Equal("100", Read(container, "pids.max"));
        Assert.Equal("50000", Read(container, IsV2 ? "cpu.max" : "cpu.cfs_quota_us").Split(' ')[0]);
        foreach (var directory in container.Cgroup.Directories)
            Assert.Contains(container.Pid.ToString(), File.ReadAllLines(Path.Combine(directory, "cgroup.procs")));

        container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token));
        Assert.False(container.Cgroup.Exists);
    }

    [Fact]
    public void Without_limits_there_are_none()
    {
        var container = Started("pause");
        Assert.Null(container.Cgroup.ReadPidsLimit());
        Assert.True(IsV2 ? Read(container, "memory.max") == "max" : long.Parse(Read(container, "memory.limit_in_bytes")) > 1L << 60);
    }

    [Fact]
    public void A_limit_that_the_kernel_refuses_fails_the_start_and_leaves_nothing()
    {
        var container = Limited(new ResourcesSpec { Cpu = new CpuSpec { Quota = 1, Period = 100_000 } });
        var error = Assert.Throws<ContainerException>(() => container.Start());
        Assert.Equal((ErrorReason.InvalidArgument, Errno.EINVAL), (error.Reason, error.Errno));
        Assert.Contains("cpu", error.Message);
        Assert.False(container.Cgroup.Exists);
        Assert.Equal(ContainerStatus.Created, container.State.Status);
    }

    [Fact]
    public void A_pids_limit_with_room_for_PID_1_only_has_none_for_another()
    {
        // As many as the program has threads when it is up.
        var free = Started("signals");
        free.WaitForOutput("ready");
        var container = Create(["signals"], null, spec => spec with { Linux = spec.Linux! with { Resources = new ResourcesSpec { Pids = new PidsSpec { Limit = free.Cgroup.ReadPids() } } } });
        container.Start();
        container.WaitForOutput("ready");
        Assert.Equal(ErrorReason.PidTableFull, Assert.Throws<ContainerException>(() => container.Execute("true")).Reason);
    }

    [Fact]
    public void The_quota_slows_the_container_down()
    {
        var container = Create(["cpu", "1", "1"], null, spec => spec with { Linux = spec.Linux! with { Resources = new ResourcesSpec { Cpu = new CpuSpec { Quota = 20_000, Period = 100_000 } } } });
        container.Start();
        // Throttled is what the kernel counts; how slow that is depends on who else is there.
        var path = container.Cgroup.Directories.Select(directory => Path.Combine(directory, "cpu.stat")).First(File.Exists);
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllLines(path).Any(line => line.StartsWith("nr_throttled", StringComparison.Ordinal) && line != "nr_throttled 0"), Patience.Limit));
    }

    private TestContainer Limited(ResourcesSpec resources) =>
        Create(["pause"], null, spec => spec with { Linux = spec.Linux! with { Resources = resources } });

    private static string Read(TestContainer container, string file) =>
        File.ReadAllText(container.Cgroup.Directories.Select(directory => Path.Combine(directory, file)).First(File.Exists)).TrimEnd();
}
