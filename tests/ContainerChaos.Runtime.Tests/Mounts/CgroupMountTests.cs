using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>The control groups that a container sees (runtime-spec, config-linux: Default Filesystems).</summary>
public sealed class CgroupMountTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly Bundle _bundle;

    public CgroupMountTests() => _bundle = new Bundle(_root);

    private static string Pids => CgroupHost.Current.Mode == CgroupMode.V2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids";

    public void Dispose() => _root.Dispose();

    [BusyboxTheory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void They_are_its_own_and_read_only_with_a_namespace_and_without(bool namespaced, bool userNamespace)
    {
        if (!namespaced)
            _bundle.Without("cgroup");
        if (userNamespace)
            _bundle.InUserNamespace();
        // The group's own file, and its own process: without a namespace on version 2 the whole tree is seen, as with runc.
        var own = CgroupHost.Current.Mode == CgroupMode.V2 && !namespaced && !userNamespace ? Pids + "$(cat /proc/self/cgroup | grep ^0 | tr -d 0: )" : Pids;
        Assert.Equal("1\n", _bundle.Read($"head -n1 {own}/cgroup.procs"));
        var mounts = _bundle.ReadMounts().Where(m => m.Point.StartsWith("/sys/fs/cgroup", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(mounts);
        Assert.All(mounts, m => Assert.StartsWith("ro,nosuid,nodev,noexec", m.Options));
        Assert.Contains("Read-only file system", _bundle.Run($"mkdir {Pids}/x").Errors);
    }

    [BusyboxFact]
    public void A_writable_one_takes_groups_of_the_container_s()
    {
        _bundle.Spec = _bundle.Spec with { Mounts = [.. _bundle.Spec.Mounts.Select(m => m.Type == "cgroup" ? m with { Options = ["rw", "nosuid"] } : m)] };
        Assert.Equal("ok\n", _bundle.Read($"mkdir {Pids}/x && rmdir {Pids}/x && echo ok".Replace("rmdir", "busybox rmdir")));
    }

    [BusyboxFact]
    public void On_version_1_there_is_a_directory_a_hierarchy()
    {
        if (CgroupHost.Current.Mode == CgroupMode.V2)
            return;
        var names = _bundle.Read("ls /sys/fs/cgroup").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var expected = CgroupHost.Current.Hierarchies.Concat(CgroupHost.Current.NamedHierarchies).Select(h => Path.GetFileName(h.MountPoint));
        Assert.Subset(names.ToHashSet(), expected.ToHashSet());
    }

    [BusyboxFact]
    public void They_may_lie_on_the_host_s_sys()
    {
        _bundle.Spec = _bundle.Spec with
        {
            Mounts = [.. _bundle.Spec.Mounts.Select(m => m.Type == "sysfs" ? new MountSpec { Destination = "/sys", Source = "/sys", Options = ["rbind", "ro", "nosuid"] } : m)],
        };
        Assert.Equal("1\n", _bundle.Without("network").Read($"head -n1 {Pids}/cgroup.procs"));
    }
}
