using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

public sealed class NamespaceTests : ContainerTest
{
    [Fact]
    public void Every_namespace_is_new_and_its_own()
    {
        var first = Started("pause");
        var second = Started("pause");
        foreach (var type in new[] { "pid", "mnt", "uts", "ipc", "net", "cgroup" })
        {
            var host = Inode(Environment.ProcessId, type);
            Assert.Equal(3, new HashSet<ulong> { host, Inode(first.Pid, type), Inode(second.Pid, type) }.Count);
        }
        Assert.Equal(Inode(Environment.ProcessId, "user"), Inode(first.Pid, "user"));
    }

    [Fact]
    public void The_command_is_PID_1_inside_and_another_PID_outside()
    {
        var container = Started("pause");
        Assert.Equal([container.Pid, 1], ProcessStatus.TryRead(container.Pid)!.NamespacePids);
        Assert.Contains("1 0 S", container.Execute("ps").Output);
        // The kernel lets its parent go on a moment before a new program has its arguments.
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{container.Pid}/cmdline") == "/target\0pause\0", Patience.Limit));
    }

    [Fact]
    public void With_an_init_the_command_is_PID_2_below_it()
    {
        var container = Create(["pause"], definition => definition with { Init = true });
        container.Start();
        var processes = container.Execute("ps").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(' ')).Select(column => $"{column[0]} below {column[1]}: {string.Join(' ', column[4..])}");
        Assert.Equal(["1 below 0: cc-init", "2 below 1: target"], processes.Take(2));
        Assert.Equal("cc-init", File.ReadAllText($"/proc/{container.Pid}/cmdline").TrimEnd('\0'));
    }

    [Fact]
    public void A_command_that_is_executed_later_is_in_the_same_namespaces()
    {
        var container = Started("pause");
        var output = container.Execute("seq", "cat", "/proc/self/status", ";", "hostname").Output;
        Assert.Contains("tested", output);
        Assert.DoesNotContain("NSpid:\t1\n", output);

        var (read, write) = FileDescriptor.Pipe();
        using (read)
        using (write)
        using (var client = container.Connect())
        using (var session = client.Execute(DockerDefaults.Process(["/target", "pause"]), read, write, write))
        {
            foreach (var type in new[] { "pid", "mnt", "uts", "ipc", "net", "cgroup", "user" })
                Assert.Equal(Inode(container.Pid, type), Inode(session.Pid, type));
            Assert.Contains(container.Cgroup.Path, File.ReadAllText($"/proc/{session.Pid}/cgroup"));
        }
    }

    [Fact]
    public void The_host_name_is_the_container_s_and_the_host_s_stays()
    {
        var before = Environment.MachineName;
        var container = Create("hostname");
        container.Run();
        Assert.Equal("tested\n", container.Output());
        Assert.Equal(before, File.ReadAllText("/proc/sys/kernel/hostname").TrimEnd());
    }

    [Fact]
    public void The_loopback_interface_is_up_and_the_only_one()
    {
        var container = Create("ls", "/sys/class/net");
        container.Run();
        Assert.Equal("lo\n", container.Output());

        // IFF_UP and IFF_LOOPBACK and IFF_RUNNING (netdevice(7)).
        var flags = Create("cat", "/sys/class/net/lo/flags");
        flags.Run();
        Assert.Equal("0x9\n", flags.Output());
    }

    [Fact]
    public void The_network_of_another_container_can_be_joined()
    {
        var server = Started("serve", "--port", "8080");
        var client = Create(["get", "--port", "8080", "/healthz"], null, spec => spec with
        {
            Linux = spec.Linux! with
            {
                Namespaces = [.. spec.Linux.Namespaces.Select(n => n.Type == "network" ? n with { Path = $"/proc/{server.Pid}/ns/net" } : n)],
            },
        });
        server.Await("the service", () => server.Execute("get", "--port", "8080").ExitCode == 0);
        Assert.Equal(0, client.Run().ExitCode);
    }

    [Fact]
    public void Without_a_network_namespace_it_is_the_host_s()
    {
        var container = Create(["pause"], null, spec => spec with { Linux = spec.Linux! with { Namespaces = [.. spec.Linux.Namespaces.Where(n => n.Type != "network")] } });
        container.Start();
        Assert.Equal(Inode(Environment.ProcessId, "net"), Inode(container.Pid, "net"));
    }

    [Fact]
    public void The_host_sees_none_of_the_container_s_mounts()
    {
        var before = File.ReadAllText("/proc/self/mountinfo");
        var container = Started("pause");
        Assert.Equal(before, File.ReadAllText("/proc/self/mountinfo"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(container.Paths.RootFileSystem));
        Assert.DoesNotContain(Root.Directory, string.Join('\n', MountInfo.Read($"/proc/{container.Pid}/mountinfo").Select(mount => mount.MountPoint)));
    }

    [Fact]
    public void The_container_s_cgroup_is_the_root_of_its_namespace()
    {
        var container = Create("cat", "/proc/self/cgroup");
        container.Run();
        var lines = container.Output().TrimEnd().Split('\n');
        var ours = container.Cgroup.Directories.Select(directory => directory.Split('/')[4]).ToArray();
        Assert.All(
            lines.Where(line => CgroupHost.Current.Mode == CgroupMode.V2 || line.Split(':')[1].Split(',').Intersect(ours).Any()),
            line => Assert.EndsWith(":/", line));
    }

    private static ulong Inode(int pid, string type) =>
        ProcessNamespace.TryReadInode(pid, type, out var inode) ? inode : throw new InvalidOperationException($"{pid} has no {type} namespace.");
}
