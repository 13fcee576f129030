using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>A container's group as the OCI command line makes, finds and removes it.</summary>
[Trait("Category", "Kernel")]
public sealed class ContainerCgroupTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        _root.Dispose();
    }

    [Fact]
    public void A_path_is_the_one_below_each_hierarchy_s_root()
    {
        Assert.Equal("/a/b", New("/a/b").Group.Path);
        Assert.Equal("/a/b", New("a//./b/").Group.Path);
        Assert.Equal("/box", New(null).Group.Path);
        Assert.Equal("/box", New("").Group.Path);
    }

    [Theory]
    [InlineData("/a/../../b")]
    [InlineData("..")]
    public void A_path_that_leads_out_is_refused_by_the_field_s_name(string path)
    {
        var error = Assert.Throws<ContainerException>(() => New(path));
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
        Assert.StartsWith("linux.cgroupsPath: ", error.Message);
    }

    [Fact]
    public void It_is_made_in_every_hierarchy_and_found_again_by_its_record()
    {
        var cgroup = New(Path("g"));
        cgroup.Prepare();
        cgroup.Create(new ResourcesSpec { Pids = new PidsSpec { Limit = 23 } });
        try
        {
            Assert.All(cgroup.Group.Directories, directory => Assert.True(Directory.Exists(directory), directory));
            var process = Sleep();
            cgroup.Group.Add(process.Id);
            var lines = File.ReadAllLines($"/proc/{process.Id}/cgroup");
            Assert.All(lines, line => Assert.EndsWith(Path("g"), line));

            var found = ContainerCgroup.FromState("box", cgroup.Record);
            Assert.Equal(cgroup.Group.Directories, found.Group.Directories);
            Assert.Equal([process.Id], found.Pids());
            Assert.Equal(23, found.Group.ReadPidsLimit());
        }
        finally
        {
            cgroup.KillAll(9);
            cgroup.Delete();
        }
        Assert.False(cgroup.Group.Exists);
    }

    [Fact]
    public void The_groups_above_it_go_with_it_only_if_they_came_with_it()
    {
        var above = CgroupHost.Current.Group(Path("above"), CgroupMembership.All);
        above.Create();
        var cgroup = New(Path("above/made/g"));
        cgroup.Prepare();
        cgroup.Create(null);
        Assert.All(cgroup.Record.MadeAbove.Values, made => Assert.Equal(1, made));
        cgroup.Delete();

        Assert.True(above.Exists);
        Assert.All(above.Directories, directory => Assert.Empty(Directory.GetDirectories(directory)));
        Assert.True(above.TryDelete());
    }

    [Fact]
    public void Groups_that_the_container_made_go_with_it_and_so_do_their_processes()
    {
        var cgroup = New(Path("g"));
        cgroup.Prepare();
        cgroup.Create(null);
        var below = CgroupHost.Current.Group(Path("g/inner/most"), CgroupMembership.All);
        below.Create();
        var process = Sleep();
        below.Add(process.Id);

        Assert.Equal([process.Id], cgroup.Pids());
        cgroup.Delete();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.False(cgroup.Group.Exists);
    }

    [Fact]
    public void A_command_can_join_a_group_below_the_container_s()
    {
        var cgroup = New(Path("g"));
        cgroup.Prepare();
        cgroup.Create(null);
        var below = CgroupHost.Current.Group(Path("g/foo"), CgroupMembership.All);
        // Not by Create: a version 2 group that passes controllers on takes no process itself.
        foreach (var directory in below.Directories)
            Directory.CreateDirectory(directory);
        try
        {
            Assert.Equal(below.Directories, ExecCgroup.Find(cgroup, Environment.ProcessId, ["/foo"]).Directories);
            Assert.Equal(cgroup.Group.Directories, ExecCgroup.Find(cgroup, Environment.ProcessId, []).Directories);
            Assert.Equal(cgroup.Group.Directories, ExecCgroup.Find(cgroup, Environment.ProcessId, ["/"]).Directories);
            var some = ExecCgroup.Find(cgroup, Environment.ProcessId, ["memory:foo"]);
            Assert.Equal(CgroupHost.Current.Mode == CgroupMode.V2 ? below.Directories.Count : 1, some.Directories.Count(directory => directory.EndsWith("/g/foo", StringComparison.Ordinal)));

            below.Create();
            if (CgroupHost.Current.Mode == CgroupMode.V2)
                Assert.Contains("Device or resource busy", Refused("/"));

            Assert.Contains("bad sub cgroup path ../x: `..` components are not allowed", Refused("../x"));
            Assert.Contains("no such file or directory", Refused("bar"));
            Assert.Contains("no such file or directory", Refused("memory:bar"));
            Assert.Contains("unknown controller whaaat", Refused("whaaat:/"));
            Assert.Contains("specified multiple times", Refused("memory:foo", "memory:bar"));
        }
        finally
        {
            cgroup.Delete();
        }

        string Refused(params string[] paths) => Assert.Throws<ContainerException>(() => ExecCgroup.Find(cgroup, Environment.ProcessId, paths)).Message;
    }

    [Theory]
    [InlineData(true, "rw", 1000u, 101000u)]
    [InlineData(true, "ro", 1000u, null)]
    [InlineData(false, "rw", 1000u, null)]
    [InlineData(true, "rw", 0u, 100000u)]
    public void A_group_that_the_container_may_manage_is_its_user_s(bool hasNamespace, string access, uint user, uint? owner)
    {
        var spec = new RuntimeSpec
        {
            Process = new ProcessSpec { User = new UserSpec { Uid = user } },
            Mounts = [new MountSpec { Destination = "/sys/fs/cgroup", Type = "cgroup", Source = "cgroup", Options = ["nosuid", access] }],
            Linux = new LinuxSpec
            {
                Namespaces = [new NamespaceSpec { Type = "user" }, .. hasNamespace ? [new NamespaceSpec { Type = "cgroup" }] : Array.Empty<NamespaceSpec>()],
                UidMappings = [new IdMappingSpec { ContainerID = 0, HostID = 100_000, Size = 65_536 }],
            },
        };
        Assert.Equal(owner, CgroupOwner.Of(spec));
    }

    [Fact]
    public void A_group_with_a_process_in_it_is_refused()
    {
        var other = New(Path("g"));
        other.Prepare();
        other.Create(null);
        other.Group.Add(Sleep().Id);
        try
        {
            var refused = New(Path("g"));
            var error = Assert.Throws<ContainerException>(refused.Prepare);
            Assert.Equal(ErrorReason.InvalidState, error.Reason);
            // Whoever cleans up after the failure, the other's group and its process are not touched.
            refused.KillAll(9);
            refused.Delete();
            ContainerCgroup.FromState("box", refused.Record).Delete();
            Assert.Single(other.Pids());
            Assert.Contains("container's cgroup is not empty: 1 process(es) found", error.Message);
            Assert.True(other.Group.Exists);
        }
        finally
        {
            other.KillAll(9);
            other.Delete();
        }
    }

    [Fact]
    public void A_frozen_group_is_refused()
    {
        var other = New(Path("g"));
        other.Prepare();
        other.Create(null);
        other.Freeze();
        try
        {
            Assert.Contains("frozen", Assert.Throws<ContainerException>(New(Path("g")).Prepare).Message);
        }
        finally
        {
            other.Thaw();
            other.Delete();
        }
    }

    [Fact]
    public void Every_process_of_a_frozen_group_is_killed()
    {
        var cgroup = New(Path("g"));
        cgroup.Prepare();
        cgroup.Create(null);
        Process[] processes = [Sleep(), Sleep(), Sleep()];
        foreach (var process in processes)
            cgroup.Group.Add(process.Id);
        cgroup.Freeze();
        Assert.True(cgroup.IsFrozen);

        cgroup.KillAll(9);
        Assert.All(processes, process => Assert.True(process.WaitForExit(TimeSpan.FromSeconds(20))));
        cgroup.Delete();
    }

    [Fact]
    public void Without_a_driver_the_container_has_no_group()
    {
        var cgroup = ContainerCgroup.ForNew(new RuntimeSpec(), "box", CgroupDriver.Disabled);
        cgroup.Prepare();
        cgroup.Create(new ResourcesSpec());
        Assert.Empty(cgroup.Group.Directories);
        Assert.Empty(cgroup.Group.JoinFiles);
        cgroup.Delete();
    }

    private static ContainerCgroup New(string? path) =>
        ContainerCgroup.ForNew(new RuntimeSpec { Linux = new LinuxSpec { CgroupsPath = path } }, "box", CgroupDriver.Cgroupfs);

    private string Path(string name) => $"{_root.CgroupParent}/{name}";

    private Process Sleep()
    {
        var process = Process.Start("/bin/sleep", "1000");
        _processes.Add(process);
        return process;
    }
}
