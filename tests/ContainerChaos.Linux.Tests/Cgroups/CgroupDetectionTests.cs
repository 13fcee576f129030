namespace ContainerChaos.Linux.Tests;

/// <summary>Mount tables as hosts show them.</summary>
public sealed class CgroupDetectionTests
{
    private const string Hybrid = """
        25 29 0:24 / /sys/fs/cgroup ro,nosuid,nodev,noexec - tmpfs tmpfs ro,mode=755
        26 25 0:25 / /sys/fs/cgroup/unified rw,nosuid,nodev,noexec,relatime shared:10 - cgroup2 cgroup2 rw,nsdelegate
        27 25 0:26 / /sys/fs/cgroup/systemd rw,nosuid,nodev,noexec,relatime shared:11 - cgroup cgroup rw,xattr,name=systemd
        31 25 0:30 / /sys/fs/cgroup/net_cls,net_prio rw,relatime shared:15 - cgroup cgroup rw,net_cls,net_prio
        32 25 0:31 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:16 - cgroup cgroup rw,cpu,cpuacct
        33 25 0:32 / /sys/fs/cgroup/memory rw,relatime shared:17 - cgroup cgroup rw,memory
        34 25 0:33 / /sys/fs/cgroup/pids rw,relatime shared:18 - cgroup cgroup rw,pids
        35 25 0:34 / /sys/fs/cgroup/freezer rw,relatime shared:19 - cgroup cgroup rw,freezer
        """;

    private const string Unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n";

    [Fact]
    public void Version_2_alone_is_recognized()
    {
        var host = Detect(Unified);
        Assert.Equal(CgroupMode.V2, host.Mode);
        Assert.Equal("/sys/fs/cgroup", host.UnifiedMountPoint);
        Assert.Empty(host.Hierarchies);
        Assert.Equal(["/sys/fs/cgroup/a/b"], host.Group("/a/b").Directories);
    }

    [Fact]
    public void Hierarchies_beside_version_2_are_a_hybrid()
    {
        var host = Detect(Hybrid);
        Assert.Equal(CgroupMode.Hybrid, host.Mode);
        Assert.Equal("/sys/fs/cgroup/unified", host.UnifiedMountPoint);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", host.Find("cpuacct")!.MountPoint);
        Assert.Null(host.Find("blkio"));
        Assert.Equal(
            ["/sys/fs/cgroup/memory/x", "/sys/fs/cgroup/pids/x", "/sys/fs/cgroup/cpu,cpuacct/x", "/sys/fs/cgroup/freezer/x"],
            host.Group("/x").Directories);
    }

    [Fact]
    public void Hierarchies_alone_are_version_1()
    {
        var host = Detect(string.Join('\n', Hybrid.Split('\n').Where(line => !line.Contains("cgroup2"))));
        Assert.Equal(CgroupMode.V1, host.Mode);
        Assert.Null(host.UnifiedMountPoint);
    }

    [Fact]
    public void A_hierarchy_without_a_controller_is_none_of_ours() =>
        Assert.DoesNotContain(Detect(Hybrid).Hierarchies, hierarchy => hierarchy.MountPoint.EndsWith("systemd", StringComparison.Ordinal));

    [Theory]
    [InlineData("/sys/fs/cgroup/unified", CgroupMode.V1)]
    [InlineData("/sys/fs/cgroup/uni", CgroupMode.Hybrid)]
    public void A_hierarchy_under_another_mount_is_not_there(string place, CgroupMode mode) =>
        Assert.Equal(mode, Detect(Hybrid + $"\n91 25 0:50 / {place} rw - tmpfs none rw").Mode);

    [Theory]
    [InlineData("90 29 0:50 / /sys/fs rw - tmpfs none rw")]
    [InlineData("90 25 0:50 / /sys/fs/cgroup rw - tmpfs none rw")]
    public void What_lies_over_a_directory_above_hides_all_below_it(string line) =>
        Assert.Throws<ErrnoException>(() => Detect("29 1 8:1 / / rw - ext4 /dev/sda rw\n" + Hybrid + "\n" + line));

    [Fact]
    public void Mounts_that_were_moved_onto_one_that_is_listed_after_them_are_there()
    {
        var lines = Hybrid.Split('\n');
        Assert.Equal(CgroupMode.Hybrid, Detect(string.Join('\n', lines[1..].Append(lines[0]))).Mode);
    }

    [Fact]
    public void The_first_mount_of_a_hierarchy_that_is_mounted_twice_counts()
    {
        var host = Detect(Hybrid + "\n90 80 0:32 / /var/lib/jail/memory rw - cgroup cgroup rw,memory");
        Assert.Equal("/sys/fs/cgroup/memory", host.Find("memory")!.MountPoint);
    }

    [Fact]
    public void Controllers_that_share_a_hierarchy_make_one_directory()
    {
        var host = Detect("1 2 0:1 / /cg rw - cgroup cgroup rw,cpu,memory,pids,freezer");
        Assert.Equal(["/cg/x"], host.Group("/x").Directories);
    }

    [Fact]
    public void No_control_groups_at_all_are_an_error_that_says_so()
    {
        var error = Assert.Throws<ErrnoException>(() => Detect("25 29 0:24 / /sys rw - sysfs sysfs rw"));
        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.Contains("cgroup", error.Message);
    }

    [Fact]
    public void A_controller_that_is_not_mounted_is_named_when_it_is_used()
    {
        var group = Detect("1 2 0:1 / /cg rw - cgroup cgroup rw,cpu,memory,pids").Group("/x");
        Assert.False(group.Has("freezer"));
        var error = Assert.Throws<ErrnoException>(() => group.Freeze(TimeSpan.Zero));
        Assert.Equal(Errno.ENODEV, error.Errno);
        Assert.Contains("freezer", error.Message);
    }

    [Fact]
    public void A_group_in_all_hierarchies_is_in_those_without_a_controller_too()
    {
        var group = Detect(Hybrid).Group("/x", CgroupMembership.All);
        Assert.Equal(
            [
                "/sys/fs/cgroup/memory/x", "/sys/fs/cgroup/pids/x", "/sys/fs/cgroup/cpu,cpuacct/x", "/sys/fs/cgroup/freezer/x",
                "/sys/fs/cgroup/net_cls,net_prio/x", "/sys/fs/cgroup/systemd/x", "/sys/fs/cgroup/unified/x",
            ],
            group.Directories);
        Assert.False(group.IsUnified("memory"));
    }

    [Fact]
    public void A_group_in_no_hierarchy_has_nothing_to_join()
    {
        var group = Detect(Hybrid).Group("/", CgroupMembership.None);
        Assert.Empty(group.Directories);
        Assert.Empty(group.JoinFiles);
        Assert.Null(group.OpenForClone());
        Assert.Empty(group.Pids());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("/a/../../b")]
    [InlineData("")]
    public void A_path_that_leads_out_of_the_hierarchy_is_refused(string path) =>
        Assert.Throws<ErrnoException>(() => Detect(Unified).Group(path));

    private static CgroupHost Detect(string mountInfo)
    {
        var mounts = new List<MountInfo>();
        foreach (var line in mountInfo.Split('\n'))
        {
            if (MountInfo.TryParse(line, out var mount))
                mounts.Add(mount);
        }
        return CgroupHost.Detect(mounts);
    }
}
