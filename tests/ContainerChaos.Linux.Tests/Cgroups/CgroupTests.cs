using System.Diagnostics;

namespace ContainerChaos.Linux.Tests;

/// <summary>A group of this host, whichever version it has.</summary>
[Trait("Category", "Kernel")]
public sealed class CgroupTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly List<Process> _processes = [];
    private readonly Cgroup _group;

    public CgroupTests()
    {
        _group = CgroupHost.Current.Group(_root.CgroupParent + "/g");
        _group.Create();
    }

    private static bool IsV2 => CgroupHost.Current.Mode == CgroupMode.V2;

    public void Dispose()
    {
        _group.Thaw();
        foreach (var process in _processes)
            Shell.End(process);
        Assert.True(SpinWait.SpinUntil(_group.TryDelete, TimeSpan.FromSeconds(20)), "The group can't be removed.");
        Assert.False(_group.Exists);
        _root.Dispose();
    }

    [Fact]
    public void Create_keeps_a_group_that_exists()
    {
        _group.Write("pids", "pids.max", "17");
        _group.Create();
        Assert.Equal(17, _group.ReadPidsLimit());
    }

    [Fact]
    public void A_value_that_the_kernel_refuses_is_named_with_its_file()
    {
        var error = Assert.Throws<ErrnoException>(() => _group.Write("pids", "pids.max", "many"));
        Assert.Equal(Errno.EINVAL, error.Errno);
        Assert.Contains("pids.max", error.Message);
        Assert.Contains("many", error.Message);
    }

    [Fact]
    public void Processes_are_charged_to_the_group_they_are_added_to()
    {
        var process = Add("pause");
        Assert.True(_group.ReadPids() >= 1);
        Assert.True(_group.ReadMemoryBytes() >= 0);
        Assert.Contains(_group.Path, File.ReadAllText($"/proc/{process.Id}/cgroup"));
        Assert.False(_group.TryDelete());
        Assert.True(_group.Exists);
    }

    [Fact]
    public void A_process_that_is_gone_can_t_be_added()
    {
        var process = Shell.Target("true");
        process.WaitForExit();
        Assert.Equal(Errno.ESRCH, Assert.Throws<ErrnoException>(() => _group.Add(process.Id)).Errno);
    }

    [Fact]
    public void A_frozen_process_does_no_work_until_it_is_thawed()
    {
        var process = Add("cpu", "1");
        _group.Freeze(TimeSpan.FromSeconds(20));
        var before = ProcessorTime(process.Id);
        // The proof that time has passed: another process of the same kind has worked meanwhile.
        var other = Shell.Target("cpu", "1", "0.2");
        other.WaitForExit();
        Assert.Equal(before, ProcessorTime(process.Id));

        _group.Thaw();
        Assert.True(SpinWait.SpinUntil(() => ProcessorTime(process.Id) > before, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void An_empty_group_freezes_at_once() => _group.Freeze(TimeSpan.FromSeconds(20));

    [Fact]
    public void The_OOM_killer_s_victims_are_counted_and_announced()
    {
        _group.Write("memory", IsV2 ? "memory.max" : "memory.limit_in_bytes", "8388608");
        _group.Write("memory", IsV2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes", IsV2 ? "0" : "8388608");
        Assert.Equal(0, _group.ReadOomKills());
        using var watch = _group.WatchOom();
        using var poll = new EventPoll();
        poll.Add(watch.Descriptor, watch.SignalsBeforeKill ? EventPollFlags.EPOLLIN : EventPollFlags.EPOLLPRI, 0);
        Assert.Equal(!IsV2, watch.SignalsBeforeKill);

        // It joins the group before it takes anything.
        var process = Process.Start(new ProcessStartInfo(
            "/bin/sh", ["-c", string.Concat(_group.Directories.Select(directory => $"echo 0 > {directory}/cgroup.procs && ")) + $"exec {TestRoot.TargetPath} leak --mb 64"]))!;
        _processes.Add(process);
        process.WaitForExit();

        Assert.Equal(1, poll.Wait(TimeSpan.FromSeconds(20), static (_, _) => { }));
        Assert.Equal(137, process.ExitCode);
        Assert.Equal(1, _group.ReadOomKills());
    }

    [Fact]
    public void Only_version_2_can_be_cloned_into()
    {
        using var descriptor = _group.OpenForClone();
        Assert.Equal(IsV2, descriptor is not null);
    }

    [Fact]
    public void Many_groups_below_one_parent_come_and_go_at_the_same_time()
    {
        // The parent goes with its last child while the next child is being made.
        Parallel.For(0, 8, n =>
        {
            for (var round = 0; round < 20; round++)
            {
                var group = CgroupHost.Current.Group($"{_root.CgroupParent}-parent/g{n}");
                group.Create();
                Assert.True(group.Exists);
                Assert.True(group.TryDelete());
            }
        });
        Assert.False(CgroupHost.Current.Group($"{_root.CgroupParent}-parent").Exists);
    }

    private Process Add(params string[] command)
    {
        var process = Shell.Target(command);
        _processes.Add(process);
        _group.Add(process.Id);
        return process;
    }

    // proc_pid_stat(5): (14) utime and (15) stime, in clock ticks.
    private static long ProcessorTime(int pid)
    {
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ');
        return long.Parse(fields[11]) + long.Parse(fields[12]);
    }
}
