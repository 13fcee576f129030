using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>The names and properties of systemd scopes, and the refusal where systemd does not run.</summary>
[Trait("Category", "Kernel")]
public sealed class ScopeTests
{
    [Theory]
    [InlineData("machine.slice:libpod:abc", "machine.slice", "libpod-abc.scope", "/machine.slice/libpod-abc.scope")]
    [InlineData("machine-pod_7.slice:runc-cgroups:test-1", "machine-pod_7.slice", "runc-cgroups-test-1.scope", "/machine.slice/machine-pod_7.slice/runc-cgroups-test-1.scope")]
    [InlineData("system.slice:mine.scope", "system.slice", "mine.scope", "/system.slice/mine.scope")]
    [InlineData("::abc", "system.slice", "abc.scope", "/system.slice/abc.scope")]
    [InlineData("-.slice:p:n", "-.slice", "p-n.scope", "/p-n.scope")]
    [InlineData(null, "system.slice", "ccrun-box.scope", "/system.slice/ccrun-box.scope")]
    public void A_cgroupsPath_names_the_slice_and_the_scope(string? path, string slice, string unit, string group)
    {
        var name = ScopeName.Parse(path, "box", isUser: false);
        Assert.Equal((slice, unit, group), (name.Slice, name.Unit, name.ToPath("")));
    }

    [Fact]
    public void A_user_s_scope_is_below_its_manager()
    {
        var name = ScopeName.Parse(null, "box", isUser: true);
        Assert.Equal("/user.slice/user-7.slice/user@7.service/user.slice/ccrun-box.scope", name.ToPath("/user.slice/user-7.slice/user@7.service"));
    }

    [Theory]
    [InlineData("/a/b")]
    [InlineData("a:b:c:d")]
    [InlineData("notaslice:p:n")]
    [InlineData("a--b.slice:p:n")]
    [InlineData("a.slice:p:n/../m")]
    public void Another_form_is_refused(string path)
    {
        var error = Assert.Throws<ContainerException>(() => ScopeName.Parse(path, "box", isUser: false));
        Assert.StartsWith("linux.cgroupsPath: expected cgroupsPath to be of format \"slice:prefix:name\"", error.Message);
    }

    [Theory]
    [InlineData("org.systemd.property.CollectMode", "'inactive-or-failed'", "CollectMode")]
    [InlineData("org.systemd.property.TimeoutStopSec", "5", "TimeoutStopUSec")]
    [InlineData("org.systemd.property.TimeoutStopUSec", "uint64 123456789", "TimeoutStopUSec")]
    [InlineData("org.systemd.property.SendSIGHUP", "true", "SendSIGHUP")]
    [InlineData("org.systemd.property.Before", "['a.target', 'b.target']", "Before")]
    public void Annotations_become_properties(string key, string value, string name) => Assert.Equal(name, SystemdScope.Parse(key, value).Name);

    [Fact]
    public void An_annotation_that_is_no_property_s_value_is_refused() =>
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<ContainerException>(() => SystemdScope.Parse("org.systemd.property.X", "[1, 'a']")).Reason);

    [Fact]
    public void Limits_become_properties_of_the_host_s_version()
    {
        var resources = new ResourcesSpec
        {
            Memory = new MemorySpec { Limit = 64 << 20, Swap = 96 << 20, Reservation = 32 << 20 },
            Cpu = new CpuSpec { Shares = 1024, Quota = 4000, Period = 10_000, Cpus = "0-1,9" },
            Pids = new PidsSpec { Limit = 0 },
        };
        Assert.Equal(
            ["MemoryMax", "MemoryLow", "MemorySwapMax", "CPUWeight", "CPUQuotaPeriodUSec", "CPUQuotaPerSecUSec", "AllowedCPUs", "TasksMax"],
            ScopeProperties.Of(resources, isUnified: true, version: 252).Select(property => property.Name));
        Assert.Equal(
            ["MemoryLimit", "CPUShares", "CPUQuotaPerSecUSec", "TasksMax"],
            ScopeProperties.Of(resources, isUnified: false, version: 219).Select(property => property.Name));
    }

    [Fact]
    public void Where_systemd_does_not_run_the_option_is_refused_by_its_name()
    {
        if (SystemdManager.IsRunning)
            return;
        var error = Assert.Throws<ContainerException>(() => ContainerCgroup.ForNew(new RuntimeSpec(), "box", CgroupDriver.Systemd));
        Assert.Equal(ErrorReason.NotSupported, error.Reason);
        Assert.StartsWith("--systemd-cgroup: systemd is not running on this host", error.Message);
    }

    [SystemdFact]
    public void A_scope_has_the_process_and_the_limits_and_goes_with_the_container()
    {
        using var process = Process.Start("/bin/sleep", "1000");
        var spec = new RuntimeSpec
        {
            Annotations = new Dictionary<string, string> { ["org.systemd.property.TimeoutStopSec"] = "7" },
            Linux = new LinuxSpec
            {
                CgroupsPath = "machine-pod.slice:cctest:" + process.Id,
                Resources = new ResourcesSpec
                {
                    Memory = new MemorySpec { Limit = 64 << 20 },
                    Cpu = new CpuSpec { Shares = 512, Quota = 50_000, Period = 100_000, Cpus = "0" },
                    Pids = new PidsSpec { Limit = 20 },
                },
            },
        };
        var cgroup = ContainerCgroup.ForNew(spec, "box", CgroupDriver.Systemd);
        Assert.True(cgroup.NeedsProcess);
        Assert.Null(cgroup.Group.OpenForClone());
        cgroup.Prepare();
        cgroup.Create(spec.Linux.Resources);
        cgroup.Admit(process.Id, spec.Linux.Resources);
        var unit = $"cctest-{process.Id}.scope";
        try
        {
            Assert.Equal(unit, cgroup.Record.Unit);
            Assert.Contains($"/machine.slice/machine-pod.slice/{unit}", File.ReadAllText($"/proc/{process.Id}/cgroup"));
            Assert.Equal([process.Id], cgroup.Pids());
            Assert.Equal("67108864", cgroup.Group.Read("memory", "memory.max"));
            Assert.Equal("59", cgroup.Group.Read("cpu", "cpu.weight"));
            Assert.Equal("50000 100000", cgroup.Group.Read("cpu", "cpu.max"));
            Assert.Equal(("67108864", "59", "500ms", "20", "0", "yes", "7s"), (
                Show(unit, "MemoryMax"), Show(unit, "CPUWeight"), Show(unit, "CPUQuotaPerSecUSec"), Show(unit, "TasksMax"), Show(unit, "AllowedCPUs"),
                Show(unit, "Delegate"), Show(unit, "TimeoutStopUSec")));

            var found = ContainerCgroup.FromState("box", cgroup.Record);
            found.Update(new ResourcesSpec { Memory = new MemorySpec { Limit = -1 }, Cpu = new CpuSpec { Period = 200_000 }, Pids = new PidsSpec { Limit = -1 } });
            Assert.Equal("max", found.Group.Read("memory", "memory.max"));
            Assert.Equal("50000 200000", found.Group.Read("cpu", "cpu.max"));
            Assert.Equal(("infinity", "250ms", "infinity"), (Show(unit, "MemoryMax"), Show(unit, "CPUQuotaPerSecUSec"), Show(unit, "TasksMax")));

            // What systemd reloads it writes again: nothing of ours may be set back.
            Run("systemctl", "daemon-reload");
            Assert.Equal("50000 200000", found.Group.Read("cpu", "cpu.max"));
            Assert.False(CanRead("/dev/kmsg", found.Group));
            found.KillAll(9);
            process.WaitForExit();
            found.Delete();
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
        Assert.False(cgroup.Group.Exists);
        Assert.Equal("not-found", Show(unit, "LoadState"));
    }

    [SystemdFact]
    public void An_annotation_puts_the_container_into_a_group_below_the_scope()
    {
        using var process = Process.Start("/bin/sleep", "1000");
        var spec = new RuntimeSpec
        {
            Annotations = new Dictionary<string, string> { ["run.oci.systemd.subgroup"] = "container" },
            Linux = new LinuxSpec { CgroupsPath = "::cctest-sub-" + process.Id, Resources = new ResourcesSpec { Pids = new PidsSpec { Limit = 20 } } },
        };
        var cgroup = ContainerCgroup.ForNew(spec, "box", CgroupDriver.Systemd);
        try
        {
            cgroup.Admit(process.Id, spec.Linux.Resources);
            Assert.EndsWith($"/cctest-sub-{process.Id}.scope/container\n", File.ReadAllText($"/proc/{process.Id}/cgroup"));
            Assert.Equal(20, cgroup.Group.ReadPidsLimit());
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
        cgroup.Delete();
        Assert.False(cgroup.Group.Exists);
    }

    [SystemdFact]
    public void A_property_that_systemd_does_not_know_is_its_error()
    {
        using var process = Process.Start("/bin/sleep", "1000");
        try
        {
            var spec = new RuntimeSpec { Annotations = new Dictionary<string, string> { ["org.systemd.property.NoSuchThing"] = "true" } };
            var cgroup = ContainerCgroup.ForNew(spec, "cctest-bad", CgroupDriver.Systemd);
            var error = Assert.Throws<ContainerException>(() => cgroup.Admit(process.Id, null));
            Assert.True(error.Message.Contains("NoSuchThing", StringComparison.Ordinal), error.Message);
            cgroup.Delete();
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private static bool CanRead(string device, Cgroup group)
    {
        var join = string.Concat(group.Directories.Select(directory => $"echo 0 > {directory}/cgroup.procs && "));
        using var process = Process.Start("/bin/sh", ["-c", $"{join} : <{device}"]);
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static string Show(string unit, string property) => Run("systemctl", "show", "--value", "-p", property, unit);

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return output;
    }
}
