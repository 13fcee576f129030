using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Namespaces that are another container's or the host's, and the files that say who a container is.</summary>
public sealed class SharingTests : OptionTest
{
    [Fact]
    public void A_container_sees_the_processes_of_another_whose_PID_namespace_it_joins()
    {
        var first = Start("first", options => options);
        var second = Start("second", options => options with { Pid = "container:first" });

        Assert.Equal(Inode(first, "pid"), Inode(second, "pid"));
        Assert.Contains(Look(second, "ps"), line => line.StartsWith("1 0 ", StringComparison.Ordinal));
        // Each lists its own; a signal reaches the one that was meant.
        Assert.Equal([second.Pid!.Value], Engine.GetProcesses("second").Select(process => process.HostPid));
        Assert.Equal(second.Pid, Engine.SendSignal("second", 9).HostPid);
        Engine.Wait("second");
        Assert.Equal(ContainerStatus.Running, Engine.Get("first").State);
        // The end of the first one is the end of all in its namespace.
        Engine.Start("second");
        Engine.Stop("first", TimeSpan.Zero);
        Assert.Equal(137, Engine.Wait("second").ExitCode);
        var error = Fails(ErrorReason.InvalidState, () => Engine.Start("second"));
        Assert.Contains("'first', whose PID namespace it joins", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_the_host_s_PID_namespace_nothing_of_it_stays_when_its_first_process_ends()
    {
        var container = Start("host", options => options with { Pid = "host" });
        Assert.True(Engine.GetNamespaces("host").Single(space => space.Type == "pid").IsShared);
        // A second process, which in a namespace of its own would end with the first.
        var code = 0;
        using var begun = new ManualResetEventSlim();
        var second = new Thread(() => code = Engine.Invoke("host", new ContainerCommandOptions { Command = ["/target", "seq", "echo", "begun", ";", "pause"], OnLine = _ => begun.Set() }).ExitCode);
        second.Start();
        Assert.True(begun.Wait(TimeSpan.FromSeconds(10)));
        var processes = Engine.GetProcesses("host");
        Assert.True(processes.Count >= 2);
        Assert.Contains(container.Pid!.Value, processes.Select(process => process.HostPid));
        Assert.All(processes, process => Assert.Equal(process.HostPid, process.Pid));

        Engine.Crash("host");
        Engine.Wait("host");
        second.Join();

        Assert.Equal(137, code);
        Assert.False(GroupOf(container).Exists);
    }

    [Fact]
    public void Shared_memory_is_that_of_the_shareable_container_whose_IPC_namespace_it_joins()
    {
        var first = Start("first", options => options with { Ipc = "shareable" });
        var second = Start("second", options => options with { Ipc = "container:first" });

        Assert.Equal(Inode(first, "ipc"), Inode(second, "ipc"));
        Assert.Equal("0", Look(first, "call", "83", "@/dev/shm/mark", "0755")[0]); // mkdir(2)
        Assert.Equal(["mark"], Look(second, "ls", "/dev/shm"));
        Engine.Restart("second", TimeSpan.Zero);
        Assert.Equal(["mark"], Look(second, "ls", "/dev/shm"));
        Assert.Empty(Look(Start("alone", options => options), "ls", "/dev/shm"));
        Assert.DoesNotContain("shm", Look(Start("without", options => options with { Ipc = "none" }), "ls", "/dev"));
        var error = Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target() with { Ipc = "container:alone" }));
        Assert.Contains("'alone', whose IPC namespace is private", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_host_s_namespaces_are_the_host_s()
    {
        var container = Start("host", options => options with { Ipc = "host", Uts = "host", CgroupnsMode = "host", Pid = "host", Network = "host" });

        Assert.All(Engine.GetNamespaces("host").Where(space => space.Type is "ipc" or "uts" or "cgroup" or "pid" or "net"), space => Assert.True(space.IsShared, space.Type));
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/hostname").Trim(), Look(container, "hostname")[0]);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/hostname").Trim(), Look(container, "env", "HOSTNAME")[0]);
    }

    [Fact]
    public void Names_and_name_servers_are_in_the_files_whatever_the_network_is()
    {
        var alone = Start("alone", options => options with
        {
            Hostname = "web",
            Domainname = "example.org",
            ExtraHosts = ["db:10.9.8.7", "six=fd00::7", "seven:[fd00::8]"],
            DnsServers = ["10.1.1.1", "fd00::53"],
            DnsSearch = ["a.example", "b.example"],
            DnsOptions = ["ndots:3"],
        });
        var joined = Start("joined", options => options with { Network = "container:alone" });

        foreach (var container in new[] { alone, joined })
        {
            var hosts = Look(container, "cat", "/etc/hosts");
            Assert.Contains("127.0.0.1\tlocalhost", hosts);
            Assert.Contains("10.9.8.7\tdb", hosts);
            Assert.Contains("fd00::7\tsix", hosts);
            Assert.Contains("fd00::8\tseven", hosts);
            Assert.Equal(["nameserver 10.1.1.1", "nameserver fd00::53", "search a.example b.example", "options ndots:3"], Look(container, "cat", "/etc/resolv.conf"));
            Assert.Equal("web", Look(container, "hostname")[0]);
            Assert.Equal("web", Cat(container, "/etc/hostname"));
        }
        Assert.Equal("example.org", Cat(alone, "/proc/sys/kernel/domainname"));

        var host = Start("host", options => options with { Network = "host", ExtraHosts = ["here:host-gateway"], DnsSearch = ["."] });
        var lines = Look(host, "cat", "/etc/hosts");
        Assert.Equal([.. File.ReadAllLines("/etc/hosts"), "127.0.0.1\there"], lines);
        Assert.DoesNotContain(Look(host, "cat", "/etc/resolv.conf"), line => line.StartsWith("search", StringComparison.Ordinal));
    }

    private ulong Inode(Container container, string type) => Engine.GetNamespaces(container.Id).Single(space => space.Type == type).Inode;
}
