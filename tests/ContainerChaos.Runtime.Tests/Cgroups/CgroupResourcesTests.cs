using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>The runtime-spec's resources in the kernel's files, on whichever version this host has.</summary>
[Trait("Category", "Kernel")]
public sealed class CgroupResourcesTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly Cgroup _group;

    public CgroupResourcesTests()
    {
        _group = CgroupHost.Current.Group(_root.CgroupParent + "/limits", CgroupMembership.All);
        _group.Create();
    }

    private static bool IsV2 => CgroupHost.Current.Mode == CgroupMode.V2;

    public void Dispose()
    {
        Assert.True(_group.TryDelete());
        _root.Dispose();
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(512, 59)]
    [InlineData(1024, 100)]
    [InlineData(3333, 256)]
    [InlineData(260000, 9929)]
    [InlineData(262144, 10000)]
    public void Shares_become_a_weight_along_the_curve_that_keeps_the_default(ulong shares, long weight) =>
        Assert.Equal(weight, CpuLimits.ToWeight(shares));

    [Theory]
    [InlineData(10, 1)]
    [InlineData(750, 7475)]
    [InlineData(1000, 10000)]
    public void Block_weights_become_cost_weights_in_proportion(long weight, long cost) =>
        Assert.Equal(cost, BlockIOLimits.ToWeight(weight));

    [Fact]
    public void Memory_can_be_lowered_raised_and_lifted_in_either_order_of_the_pair()
    {
        foreach (var (memory, swap) in new[] { (64L, 64L), (32, 48), (128, 160), (30, 50), (60, 80) })
        {
            Apply(new ResourcesSpec { Memory = new MemorySpec { Limit = memory << 20, Swap = swap << 20 } });
            Assert.Equal(memory << 20, ReadNumber("memory", IsV2 ? "memory.max" : "memory.limit_in_bytes"));
            if (TryRead("memory", IsV2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes") is { } set)
                Assert.Equal((IsV2 ? swap - memory : swap) << 20, long.Parse(set));
        }
        Apply(new ResourcesSpec { Memory = new MemorySpec { Limit = -1 } });
        Assert.True(IsV2 ? Read("memory", "memory.max") == "max" : ReadNumber("memory", "memory.limit_in_bytes") > 1L << 60);
        Assert.True(IsV2 ? TryRead("memory", "memory.swap.max") is null or "max" : ReadNumber("memory", "memory.memsw.limit_in_bytes") > 1L << 60);
    }

    [Fact]
    public void A_memory_reservation_is_a_soft_limit()
    {
        Apply(new ResourcesSpec { Memory = new MemorySpec { Reservation = 24 << 20 } });
        Assert.Equal(24 << 20, ReadNumber("memory", IsV2 ? "memory.low" : "memory.soft_limit_in_bytes"));
    }

    [Fact]
    public void Swap_below_memory_is_refused_by_the_field_s_name()
    {
        var error = Refused(new ResourcesSpec { Memory = new MemorySpec { Limit = 64 << 20, Swap = 32 << 20 } });
        Assert.StartsWith("linux.resources.memory.swap: ", error.Message);
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
    }

    [Fact]
    public void What_only_one_version_has_is_set_there_and_refused_on_the_other()
    {
        var swappiness = new ResourcesSpec { Memory = new MemorySpec { Swappiness = 17 } };
        var noKill = new ResourcesSpec { Memory = new MemorySpec { DisableOOMKiller = true } };
        if (IsV2)
        {
            Assert.StartsWith("linux.resources.memory.swappiness: ", Refused(swappiness).Message);
            Assert.StartsWith("linux.resources.memory.disableOOMKiller: ", Refused(noKill).Message);
            return;
        }
        Apply(swappiness);
        Apply(noKill);
        Assert.Equal("17", Read("memory", "memory.swappiness"));
        Assert.StartsWith("oom_kill_disable 1", Read("memory", "memory.oom_control"));
        Apply(new ResourcesSpec { Memory = new MemorySpec { DisableOOMKiller = false } });
        Assert.StartsWith("oom_kill_disable 0", Read("memory", "memory.oom_control"));
        Assert.Equal(ErrorReason.InvalidArgument, Refused(new ResourcesSpec { Memory = new MemorySpec { Swappiness = 101 } }).Reason);
    }

    [Fact]
    public void Limits_of_kernel_memory_that_kernels_no_longer_have_are_passed_over() =>
        Apply(new ResourcesSpec { Memory = new MemorySpec { Kernel = 32 << 20, KernelTCP = 32 << 20 } });

    [Fact]
    public void Quota_and_period_keep_what_is_not_given()
    {
        Apply(Cpu(new CpuSpec { Quota = 500_000, Period = 1_000_000 }));
        AssertQuota(500_000, 1_000_000);
        Apply(Cpu(new CpuSpec { Period = 900_000 }));
        AssertQuota(500_000, 900_000);
        Apply(Cpu(new CpuSpec { Quota = 600_000 }));
        AssertQuota(600_000, 900_000);
        Apply(Cpu(new CpuSpec { Quota = -1 }));
        AssertQuota(-1, 900_000);
        Apply(Cpu(new CpuSpec { Quota = 3_000, Period = 10_000 }));
        AssertQuota(3_000, 10_000);
    }

    [Fact]
    public void A_quota_that_the_kernel_refuses_is_an_error_of_its_field()
    {
        var error = Refused(Cpu(new CpuSpec { Quota = 1, Period = 100_000 }));
        Assert.Equal((ErrorReason.InvalidArgument, Errno.EINVAL), (error.Reason, error.Errno));
        Assert.StartsWith("linux.resources.cpu.quota: ", error.Message);
        Assert.StartsWith("linux.resources.cpu.period: ", Refused(Cpu(new CpuSpec { Period = 100 })).Message);
    }

    [Fact]
    public void The_burst_follows_the_quota_up_and_down()
    {
        foreach (var microseconds in new[] { 50_000, 80_000, 20_000 })
        {
            Apply(Cpu(new CpuSpec { Quota = microseconds, Period = 100_000, Burst = (ulong)microseconds }));
            Assert.Equal(microseconds, ReadNumber("cpu", IsV2 ? "cpu.max.burst" : "cpu.cfs_burst_us"));
        }
        Assert.StartsWith("linux.resources.cpu.burst: ", Refused(Cpu(new CpuSpec { Burst = 90_000 })).Message);
    }

    [Fact]
    public void Shares_are_set_and_a_number_that_the_kernel_would_clamp_is_refused()
    {
        Apply(Cpu(new CpuSpec { Shares = 512 }));
        Assert.Equal(IsV2 ? 59 : 512, ReadNumber("cpu", IsV2 ? "cpu.weight" : "cpu.shares"));
        if (!IsV2)
            Assert.Contains("the minimum allowed cpu-shares is 2", Refused(Cpu(new CpuSpec { Shares = 1 })).Message);
    }

    [Fact]
    public void Idle_and_shares_can_be_given_together()
    {
        Apply(Cpu(new CpuSpec { Shares = 200, Idle = 1 }));
        Assert.Equal("1", Read("cpu", "cpu.idle"));
        Apply(Cpu(new CpuSpec { Shares = 300, Idle = 0 }));
        Assert.Equal("0", Read("cpu", "cpu.idle"));
        Assert.StartsWith("linux.resources.cpu.idle: ", Refused(Cpu(new CpuSpec { Idle = 2 })).Message);
    }

    [Fact]
    public void Realtime_is_for_version_1_alone()
    {
        var error = IsV2 ? Refused(Cpu(new CpuSpec { RealtimePeriod = 100_000, RealtimeRuntime = 1000 })) : null;
        Assert.True(error is null || error.Message.StartsWith("linux.resources.cpu.realtimePeriod: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Processors_and_memory_nodes_are_set()
    {
        Apply(Cpu(new CpuSpec { Cpus = "0", Mems = "0" }));
        Assert.Equal("0", Read("cpuset", "cpuset.cpus"));
        Assert.Equal("0", Read("cpuset", "cpuset.mems"));
        Assert.StartsWith("linux.resources.cpu.cpus: ", Refused(Cpu(new CpuSpec { Cpus = "4000" })).Message);
    }

    [Theory]
    [InlineData(20, "20")]
    [InlineData(0, "1")]
    [InlineData(-1, "max")]
    public void A_limit_of_no_processes_leaves_room_for_the_first_one(long limit, string set)
    {
        Apply(new ResourcesSpec { Pids = new PidsSpec { Limit = limit } });
        Assert.Equal(set, Read("pids", "pids.max"));
    }

    [Fact]
    public void Huge_pages_are_limited_on_the_side_that_has_the_controller()
    {
        var size = Directory.Exists("/sys/kernel/mm/hugepages/hugepages-2048kB") ? "2MB" : null;
        if (size is null || !_group.Has("hugetlb"))
        {
            Assert.Contains("hugepageLimits[0]", Refused(Hugepages("2MB")).Message);
            return;
        }
        Apply(Hugepages(size));
        var suffix = _group.IsUnified("hugetlb") ? "max" : "limit_in_bytes";
        Assert.Equal(4 << 20, ReadNumber("hugetlb", $"hugetlb.2MB.{suffix}"));
        Assert.Equal(4 << 20, ReadNumber("hugetlb", $"hugetlb.2MB.rsvd.{suffix}"));
        var error = Refused(Hugepages("3MB"));
        Assert.StartsWith("linux.resources.hugepageLimits[0].pageSize: ", error.Message);
    }

    [Fact]
    public void A_limit_whose_controller_is_nowhere_names_both()
    {
        if (_group.Has("net_cls"))
            return;
        var error = Refused(new ResourcesSpec { Network = new NetworkSpec { ClassID = 7 } });
        Assert.Equal(ErrorReason.NotSupported, error.Reason);
        Assert.StartsWith("linux.resources.network.classID: the requested cgroup controller `net_cls` is not available", error.Message);
    }

    [Fact]
    public void Throttles_are_set_by_device()
    {
        var device = File.ReadLines("/proc/partitions").Skip(2).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault();
        if (device is null)
            return;
        ThrottleDeviceSpec[] rate = [new() { Major = long.Parse(device[0]), Minor = long.Parse(device[1]), Rate = 1 << 20 }];
        Apply(new ResourcesSpec { BlockIO = new BlockIOSpec { ThrottleReadBpsDevice = rate, ThrottleWriteIOPSDevice = rate } });
        if (IsV2)
            Assert.Equal($"{device[0]}:{device[1]} rbps=1048576 wbps=max riops=max wiops=1048576", Read("io", "io.max"));
        else
            Assert.Equal($"{device[0]}:{device[1]} 1048576", Read("blkio", "blkio.throttle.read_bps_device"));
    }

    [Fact]
    public void A_version_2_file_is_written_where_there_is_one_and_its_key_is_named_where_not()
    {
        var weight = new ResourcesSpec { Unified = new Dictionary<string, string> { ["cpu.weight"] = "42" } };
        if (!IsV2)
        {
            var error = Refused(weight);
            Assert.StartsWith("linux.resources.unified[\"cpu.weight\"]: invalid configuration", error.Message);
            return;
        }
        Apply(weight with { Cpu = new CpuSpec { Shares = 3333 } });
        Assert.Equal("42", Read("cpu", "cpu.weight"));
        Assert.Contains("the requested cgroup controller `foo` is not available", RefusedKey("foo.bar"));
        Assert.Contains("the specified key has not the form CONTROLLER.VALUE `BAD`", RefusedKey("BAD"));
        Assert.Contains("No such file or directory", RefusedKey("memory.DOESNTEXIST"));
        Assert.Contains("without any slash", RefusedKey("../memory.max"));

        string RefusedKey(string key) => Refused(new ResourcesSpec { Unified = new Dictionary<string, string> { [key] = "1" } }).Message;
    }

    [Fact]
    public void An_update_below_what_is_in_use_is_refused_if_that_is_asked_for()
    {
        // An empty group uses nothing, so the check is of the path: a limit above the use passes.
        Apply(new ResourcesSpec { Memory = new MemorySpec { Limit = 64 << 20, CheckBeforeUpdate = true } });
        Assert.Equal(64 << 20, ReadNumber("memory", IsV2 ? "memory.max" : "memory.limit_in_bytes"));
    }

    private static ResourcesSpec Cpu(CpuSpec cpu) => new() { Cpu = cpu };

    private static ResourcesSpec Hugepages(string size) => new() { HugepageLimits = [new HugepageLimitSpec { PageSize = size, Limit = 4 << 20 }] };

    private void AssertQuota(long quota, long period)
    {
        if (IsV2)
        {
            Assert.Equal($"{(quota < 0 ? "max" : quota)} {period}", Read("cpu", "cpu.max"));
            return;
        }
        Assert.Equal(quota, ReadNumber("cpu", "cpu.cfs_quota_us"));
        Assert.Equal(period, ReadNumber("cpu", "cpu.cfs_period_us"));
    }

    private void Apply(ResourcesSpec resources) => CgroupResources.Apply(_group, resources);

    private ContainerException Refused(ResourcesSpec resources) => Assert.Throws<ContainerException>(() => Apply(resources));

    private string Read(string controller, string file) => _group.Read(controller, file);

    private long ReadNumber(string controller, string file) => long.Parse(Read(controller, file));

    private string? TryRead(string controller, string file)
    {
        try
        {
            return Read(controller, file);
        }
        catch (ErrnoException)
        {
            return null;
        }
    }
}
