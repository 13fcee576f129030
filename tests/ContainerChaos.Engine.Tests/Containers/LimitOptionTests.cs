using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>What a container may use, as the kernel has it, on whichever version of control groups this machine has.</summary>
public sealed class LimitOptionTests : OptionTest
{
    private static bool IsUnified => CgroupHost.Current.Mode == CgroupMode.V2;

    [Fact]
    [Trait("Category", "Kernel")]
    public void Limits_of_the_control_group_are_in_force_inside_and_outside()
    {
        var container = Start("all", options => options with
        {
            MemoryBytes = 64 << 20,
            MemorySwapBytes = 96 << 20,
            MemoryReservationBytes = 32 << 20,
            CpuShares = 512,
            CpuPeriod = 50_000,
            CpuQuota = 25_000,
            CpusetCpus = "0",
            CpusetMems = "0",
            PidsLimit = 50,
        });

        Assert.Equal($"{64 << 20}", Read(container, "memory", "memory.limit_in_bytes", "memory.max"));
        Assert.Equal($"{32 << 20}", Read(container, "memory", "memory.soft_limit_in_bytes", "memory.low"));
        if (container.Warnings.Count == 0)
            Assert.Equal($"{(IsUnified ? 32 : 96) << 20}", Read(container, "memory", "memory.memsw.limit_in_bytes", "memory.swap.max"));
        else
            Assert.Contains("swap", Assert.Single(container.Warnings), StringComparison.Ordinal);
        if (IsUnified)
            Assert.Equal("25000 50000", Read(container, "cpu", "", "cpu.max"));
        else
            Assert.Equal(("25000", "50000", "512"), (Read(container, "cpu", "cpu.cfs_quota_us", ""), Read(container, "cpu", "cpu.cfs_period_us", ""), Read(container, "cpu", "cpu.shares", "")));
        Assert.Equal("50", Read(container, "pids", "pids.max", "pids.max"));
        Assert.Equal("0", Field(container, "/proc/1/status", "Cpus_allowed_list:"));
        Assert.Equal("0", Field(container, "/proc/1/status", "Mems_allowed_list:"));
        Assert.Equal($"{64 << 20}", Cat(container, IsUnified ? "/sys/fs/cgroup/memory.max" : "/sys/fs/cgroup/memory/memory.limit_in_bytes"));
        Assert.Equal("50", Cat(container, IsUnified ? "/sys/fs/cgroup/pids.max" : "/sys/fs/cgroup/pids/pids.max"));
        Assert.Equal(64 << 20, Engine.Get("all").Limits.MemoryBytes);
        // Nothing of a hierarchy that was joined for this container alone stays.
        Engine.Stop("all");
        Assert.DoesNotContain(GroupOf(container).Directories, Directory.Exists);
    }

    [Fact]
    public void Without_swap_said_there_is_none_and_minus_one_is_all_there_is()
    {
        var none = Start("none", options => options with { MemoryBytes = 64 << 20 });
        var all = Start("all", options => options with { MemoryBytes = 64 << 20, MemorySwapBytes = -1 });

        if (!IsUnified)
        {
            Assert.Equal($"{64 << 20}", Read(none, "memory", "memory.memsw.limit_in_bytes", ""));
            Assert.True(long.Parse(Read(all, "memory", "memory.memsw.limit_in_bytes", ""), CultureInfo.InvariantCulture) > 1L << 60);
        }
        else if (File.Exists($"{CgroupHost.Current.UnifiedMountPoint}{none.CgroupPath}/memory.swap.max"))
        {
            Assert.Equal(("0", "max"), (Read(none, "memory", "", "memory.swap.max"), Read(all, "memory", "", "memory.swap.max")));
        }
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void What_this_kernel_does_not_have_is_a_warning_and_not_in_force()
    {
        var container = Start("old", options => options with { MemoryBytes = 64 << 20, MemorySwappiness = 7, OomKillDisable = true, BlkioWeight = 300 });

        Assert.Equal(IsUnified ? 1 : 0, container.Warnings.Count(warning => warning.StartsWith("The swappiness is not in force:", StringComparison.Ordinal)));
        Assert.Equal(IsUnified ? 1 : 0, container.Warnings.Count(warning => warning.StartsWith("The disabling of the OOM killer", StringComparison.Ordinal)));
        if (!IsUnified)
        {
            Assert.Equal("7", Read(container, "memory", "memory.swappiness", ""));
            Assert.StartsWith("oom_kill_disable 1", Read(container, "memory", "memory.oom_control", ""), StringComparison.Ordinal);
        }
        var group = GroupOf(container);
        var weights = new[] { "blkio.bfq.weight", "blkio.weight", "io.bfq.weight", "io.weight" }.Where(file => group.Directories.Any(directory => File.Exists($"{directory}/{file}"))).ToArray();
        if (weights.Length == 0)
            Assert.Contains(container.Warnings, warning => warning.StartsWith("The weight for block devices is not in force:", StringComparison.Ordinal));
        else
            Assert.Contains(weights[0] == "io.weight" ? "2930" : "300", group.Read("blkio", weights[0]), StringComparison.Ordinal);
        Assert.Equal(ContainerStatus.Running, container.State);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void Rates_of_a_block_device_are_the_kernel_s()
    {
        // Any will do: nothing is read or written. A machine may have none.
        if (Directory.EnumerateFileSystemEntries("/sys/block").Select(path => "/dev/" + Path.GetFileName(path)).FirstOrDefault(File.Exists) is not { } device)
        {
            Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target() with { DeviceReadBps = ["/dev/null:1m"] }));
            return;
        }
        var container = Start("slow", options => options with { DeviceReadBps = [device + ":1mb"], DeviceWriteBps = [device + ":2mb"], DeviceReadIops = [device + ":100"], DeviceWriteIops = [device + ":200"] });

        if (IsUnified)
        {
            Assert.EndsWith("rbps=1048576 wbps=2097152 riops=100 wiops=200", Read(container, "blkio", "", "io.max"), StringComparison.Ordinal);
            return;
        }
        string[] shown = [.. new[] { "read_bps", "write_bps", "read_iops", "write_iops" }.Select(file => Read(container, "blkio", $"blkio.throttle.{file}_device", "").Split(' ')[^1])];
        Assert.Equal(["1048576", "2097152", "100", "200"], shown);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void Real_time_is_shared_out_where_the_kernel_can_and_refused_elsewhere()
    {
        if (!Cgroup.HasRealtime(CgroupHost.Current))
        {
            Assert.Contains("-CpuRtRuntime", Fails(ErrorReason.NotSupported, () => Engine.Create(Target() with { CpuRtRuntime = 10_000 })).Message, StringComparison.Ordinal);
            return;
        }
        // Three that begin at once, and one that has none.
        var names = new[] { "one", "two", "three" };
        Parallel.ForEach(names, name => Start(name, options => options with { CpuRtPeriod = 500_000, CpuRtRuntime = 5_000 }));
        var plain = Start("plain", options => options with { CpuShares = 512 });
        Assert.All(names, name => Assert.Equal(("5000", "500000"), (Read(Engine.Get(name), "cpu", "cpu.rt_runtime_us", ""), Read(Engine.Get(name), "cpu", "cpu.rt_period_us", ""))));
        // Each has a hundredth; what they were given comes from the group above.
        Assert.InRange(long.Parse(GroupOf(plain).ReadAbove("cpu", "cpu.rt_runtime_us"), CultureInfo.InvariantCulture), 30_000, 31_000);
        Assert.Equal((true, false), (CanBecomeRealtime(Engine.Get("one")), CanBecomeRealtime(plain)));

        Engine.Update("plain", new ContainerUpdateOptions { CpuRtRuntime = 10_000 });
        Assert.True(CanBecomeRealtime(plain));
        Engine.Update("two", new ContainerUpdateOptions { CpuRtRuntime = 0 });
        Assert.Equal("0", Read(Engine.Get("two"), "cpu", "cpu.rt_runtime_us", ""));
        // The host keeps a twentieth for itself.
        Assert.Contains("-CpuRtRuntime", Fails(ErrorReason.InvalidArgument, () => Engine.Update("two", new ContainerUpdateOptions { CpuRtRuntime = 490_000 })).Message, StringComparison.Ordinal);
        Assert.Equal("0", Read(Engine.Get("two"), "cpu", "cpu.rt_runtime_us", ""));
        Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target() with { CpuRtRuntime = 2_000_000 }));
    }

    // chrt(1) of the host's, from outside: the policy FIFO is refused in a group without a share.
    private static bool CanBecomeRealtime(Container container)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("chrt", ["-f", "-p", "1", $"{container.Pid}"]) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 || said.Contains("Operation not permitted", StringComparison.Ordinal), said);
        return process.ExitCode == 0;
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void A_device_can_be_used_as_its_letters_say_and_no_other()
    {
        // Numbers that belong to no driver: opening them fails with ENXIO or ENODEV where the controller lets it.
        var container = Start("devices", options => options with { Devices = ["/dev/kmsg:/dev/messages:r", "/dev/full"], DeviceCgroupRules = ["c 10:63 r"], CapAdd = ["SYSLOG"] });

        Assert.NotEqual("EPERM", Open(container, "read", "/dev/messages"));
        Assert.Equal("EPERM", Open(container, "write", "/dev/messages"));
        Assert.Equal("0", Open(container, "write", "/dev/full"));
        Assert.Equal("0", Call(container, "133", "@/mine", "0x2180", "0xa3f")); // mknod(2) of 10:63
        Assert.Equal("0", Call(container, "133", "@/other", "0x2180", "0xa3e"));
        Assert.NotEqual("EPERM", Open(container, "read", "/mine"));
        Assert.Equal("EPERM", Open(container, "write", "/mine"));
        Assert.Equal("EPERM", Open(container, "read", "/other"));
    }

    [Fact]
    public void Without_a_device_no_node_opens_anything()
    {
        var container = Start("plain", options => options);

        Assert.Equal("0", Call(container, "133", "@/null", "0x2180", "0x103"));
        Assert.Equal("EACCES", Open(container, "read", "/null"));
        Assert.Equal("0", Open(container, "write", "/dev/null"));
    }

    // open(2), by number of x86-64: 0 when it succeeds, else the error's name.
    private string Open(Container container, string access, string path)
    {
        var answer = Call(container, "2", "@" + path, access == "read" ? "0x800" : "0x801");
        return int.TryParse(answer, CultureInfo.InvariantCulture, out var descriptor) && descriptor >= 0 ? "0" : answer;
    }

    private string Call(Container container, params string[] arguments) => Assert.Single(Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/target", "call", .. arguments] }).Output);
}
