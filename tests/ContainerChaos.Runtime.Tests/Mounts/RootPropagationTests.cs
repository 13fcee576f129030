using static ContainerChaos.Runtime.Tests.Bundle;

namespace ContainerChaos.Runtime.Tests;

/// <summary>What a container and the host see of each other's mounts (linux.rootfsPropagation; mount_namespaces(7)).</summary>
public sealed class RootPropagationTests : IDisposable
{
    private const string Shared = "mount --make-rshared /";

    private readonly TestRoot _root = new();
    private readonly Bundle _bundle;

    public RootPropagationTests() => _bundle = new Bundle(_root);

    public void Dispose() => _root.Dispose();

    [BusyboxTheory]
    [InlineData(null, "master:")]
    [InlineData("rslave", "master:")]
    [InlineData("slave", "master:")]
    [InlineData("private", "")]
    [InlineData("rprivate", "")]
    [InlineData("shared", "shared:")]
    [InlineData("rshared", "shared:")]
    [InlineData("unbindable", "unbindable")]
    [InlineData("runbindable", "unbindable")]
    public void The_root_is_as_asked_and_the_host_sees_nothing_of_the_container(string? propagation, string expected)
    {
        _bundle.With(linux => linux with { RootfsPropagation = propagation });
        // What the mount namespace outside holds afterwards is looked at by a process that waits in it.
        var seen = _bundle.Outside("seen");
        var root = _bundle.ReadMount("/", $"{Shared}; (read line < {Fifo("ask")}; cat /proc/self/mountinfo > {seen}; echo done > {Fifo("answer")}) > /dev/null 2>&1 &");
        if (expected.Length == 0)
            Assert.Equal("", root.Propagation);
        else
            Assert.StartsWith(expected, root.Propagation);
        File.WriteAllText(Fifo("ask"), "now\n");
        Assert.Equal("done\n", File.ReadAllText(Fifo("answer")));
        Assert.DoesNotContain(File.ReadLines(seen), line => line.Contains(_bundle.RootFileSystem));
        Assert.Contains(File.ReadLines(seen), line => line.Contains(" / / "));
    }

    [BusyboxTheory]
    [InlineData("rprivate", "")]
    [InlineData("private", "")]
    [InlineData("rslave", "master:")]
    [InlineData("rshared", "shared:")]
    public void A_volume_is_as_asked(string propagation, string expected)
    {
        Directory.CreateDirectory(_bundle.Outside("volume"));
        _bundle.With(linux => linux with { RootfsPropagation = propagation == "rshared" ? "rshared" : "rslave" });
        var volume = _bundle.With(Bind(_bundle.Outside("volume"), "/mnt", propagation)).ReadMount("/mnt", Shared);
        if (expected.Length == 0)
            Assert.Equal("", volume.Propagation);
        else
            Assert.Contains(expected, volume.Propagation);
    }

    [BusyboxFact]
    public void An_unknown_one_is_refused()
    {
        var (code, _, errors) = _bundle.With(linux => linux with { RootfsPropagation = "sideways" }).Run("true");
        Assert.NotEqual(0, code);
        Assert.Contains("linux.rootfsPropagation", errors);
    }

    [BusyboxFact]
    public void The_host_s_root_is_no_container_s()
    {
        _bundle.Spec = _bundle.Spec with { Root = new RootSpec { Path = "/" } };
        var (code, _, errors) = _bundle.Run("true");
        Assert.NotEqual(0, code);
        Assert.Contains("root.path", errors);
    }

    [BusyboxFact]
    public void The_root_may_be_a_symbolic_link()
    {
        File.CreateSymbolicLink(Path.Combine(_bundle.Directory, "link"), "rootfs");
        _bundle.Spec = _bundle.Spec with { Root = new RootSpec { Path = "link" } };
        Assert.Equal("ok\n", _bundle.Read("echo ok"));
    }

    [BusyboxFact]
    public void Without_pivot_root_no_whole_procfs_of_the_host_is_left()
    {
        var mounts = _bundle.ReadMounts(options: "--no-pivot");
        Assert.Equal("/", mounts.Last(m => m.Point == "/").Point);
        Assert.Single(mounts, m => m.Type == "proc" && m.Root == "/");
    }

    private string Fifo(string name)
    {
        var fifo = _bundle.Outside(name);
        if (!File.Exists(fifo))
        {
            using var mkfifo = System.Diagnostics.Process.Start("mkfifo", [fifo]);
            mkfifo.WaitForExit();
        }
        return fifo;
    }
}
