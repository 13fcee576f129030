using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>/proc, /sys and /dev as the runtime-spec and Docker have them.</summary>
public sealed class DefaultMountTests : ContainerTest
{
    [Fact]
    [Trait("Category", "Kernel")]
    public void The_devices_links_and_file_systems_of_the_runtime_spec_are_there()
    {
        var container = Started("pause");
        // A kernel that has /proc/kcore gets a link to it, as under any OCI runtime; it is masked.
        Assert.Equal(
            [.. File.Exists("/proc/kcore") ? ["core"] : Array.Empty<string>(), "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero"],
            container.Execute("ls", "/dev").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var stat = container.Execute("stat", "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty").Output.Split('\n');
        Assert.Equal(["1:3", "1:5", "1:7", "1:8", "1:9", "5:0"], stat.SkipLast(1).Select(line => line.Split("rdev=")[1]));
        Assert.All(stat.SkipLast(1), line => Assert.Contains("type=character mode=0666 uid=0 gid=0", line));

        var mounts = MountInfo.Read($"/proc/{container.Pid}/mountinfo").ToLookup(mount => mount.MountPoint, mount => mount.FileSystem);
        Assert.Equal(["proc"], mounts["/proc"]);
        Assert.Equal(["tmpfs"], mounts["/dev"]);
        Assert.Equal(["devpts"], mounts["/dev/pts"]);
        Assert.Equal(["tmpfs"], mounts["/dev/shm"]);
        Assert.Equal(["mqueue"], mounts["/dev/mqueue"]);
        Assert.Equal(["sysfs"], mounts["/sys"]);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void Masked_files_read_as_empty_and_masked_directories_have_nothing_in_them()
    {
        var container = Started("pause");
        foreach (var path in DockerDefaults.MaskedPaths)
        {
            var kind = container.Execute("stat", path);
            if (kind.ExitCode != 0)
            {
                Assert.Contains("ENOENT", kind.Errors);
                continue;
            }
            var content = kind.Output.Contains("type=directory") ? container.Execute("ls", path) : container.Execute("cat", path);
            Assert.Equal((path, "", 0), (path, content.Output, content.ExitCode));
        }
        // These two every kernel has.
        Assert.Contains("rdev=1:3", container.Execute("stat", "/proc/interrupts").Output);
        Assert.Contains("EROFS", container.Execute("mkdir", "/sys/firmware/x").Errors);
    }

    [Theory]
    [InlineData("/proc/sys/kernel/panic")]
    [InlineData("/proc/sysrq-trigger")]
    [InlineData("/proc/irq/default_smp_affinity")]
    [InlineData("/proc/sys/kernel/core_pattern")]
    public void Read_only_paths_take_no_write(string path)
    {
        if (!File.Exists(path))
            return; // Not every kernel has each.
        var container = Create("write", path, "0");
        Assert.Equal(1, container.Run().ExitCode);
        Assert.Contains("EROFS", container.Output("stderr"));
    }

    [Fact]
    public void The_container_sees_its_own_processes_only()
    {
        var container = Create("ls", "/proc");
        container.Run();
        Assert.Equal(["1"], container.Output().Split('\n').Where(name => int.TryParse(name, out _)));
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void Its_control_group_is_visible_and_can_t_be_changed()
    {
        var container = Create(["pause"], null, spec => spec with { Linux = spec.Linux! with { Resources = new ResourcesSpec { Pids = new PidsSpec { Limit = 33 } } } });
        container.Start();
        var file = CgroupHost.Current.Mode == CgroupMode.V2 ? "/sys/fs/cgroup/pids.max" : "/sys/fs/cgroup/pids/pids.max";
        Assert.Equal("33\n", container.Execute("cat", file).Output);
        Assert.Contains("EROFS", container.Execute("write", file, "max").Errors);
        Assert.Contains("EROFS", container.Execute("mkdir", Path.GetDirectoryName(file) + "/x").Errors);
        Assert.Contains("EROFS", container.Execute("mkdir", "/sys/fs/cgroup/x").Errors);
    }

    [Fact]
    public void Sys_is_read_only() => Assert.Contains("EROFS", Started("pause").Execute("write", "/sys/kernel/profiling", "1").Errors);

    [Fact]
    public void A_sysctl_of_a_new_namespace_is_set()
    {
        var container = Create(["cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start", "/proc/sys/kernel/shmmni"], null, spec => spec with
        {
            Linux = spec.Linux! with { Sysctl = new Dictionary<string, string> { ["net.ipv4.ip_unprivileged_port_start"] = "0", ["kernel.shmmni"] = "1234" } },
        });
        container.Run();
        Assert.Equal("0\n1234\n", container.Output());
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("net/ipv4/../../kernel/core_pattern")]
    public void A_sysctl_that_leads_elsewhere_is_refused(string key)
    {
        var container = Create(["true"], null, spec => spec with { Linux = spec.Linux! with { Sysctl = new Dictionary<string, string> { [key] = "1" } } });
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<ContainerException>(() => container.Start()).Reason);
    }
}
