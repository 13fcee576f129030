using static ContainerChaos.Runtime.Tests.Bundle;

namespace ContainerChaos.Runtime.Tests;

/// <summary>What an image or another container tries while mounts are made.</summary>
public sealed class MountAttackTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly Bundle _bundle;

    public MountAttackTests() => _bundle = new Bundle(_root);

    public void Dispose() => _root.Dispose();

    [BusyboxTheory]
    [InlineData("proc")]
    [InlineData("sys")]
    public void The_kernel_s_file_systems_go_on_no_symbolic_link(string name)
    {
        // CVE-2019-19921, CVE-2023-27561
        Directory.Delete(Path.Combine(_bundle.RootFileSystem, name));
        Directory.CreateDirectory(Path.Combine(_bundle.RootFileSystem, "elsewhere"));
        File.CreateSymbolicLink(Path.Combine(_bundle.RootFileSystem, name), "elsewhere");
        var (code, _, errors) = _bundle.Run("true");
        Assert.NotEqual(0, code);
        Assert.Contains("must be mounted on ordinary directory", errors);
    }

    [BusyboxFact]
    public void Devices_are_made_in_no_dev_that_is_a_link_of_the_image_s()
    {
        // Where nothing is mounted on /dev, its links and nodes would be written where the link leads.
        Directory.Delete(Path.Combine(_bundle.RootFileSystem, "dev"));
        _bundle.Linked("dev", "/etc").Spec = _bundle.Spec with { Mounts = [.. _bundle.Spec.Mounts.Where(m => !m.Destination.StartsWith("/dev", StringComparison.Ordinal))] };
        var (code, _, errors) = _bundle.Run("true");
        Assert.NotEqual(0, code);
        Assert.Contains("/dev must be an ordinary directory", errors);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_bundle.RootFileSystem, "etc")));
    }

    [BusyboxTheory]
    [InlineData("dev")]
    [InlineData("dev/pts")]
    [InlineData("dev/shm")]
    [InlineData("dev/null")]
    [InlineData("sys")]
    [InlineData("sys/fs/cgroup")]
    [InlineData("mnt")]
    [InlineData("mnt/deep")]
    [InlineData("devices")]
    public void No_link_leads_a_mount_or_a_file_outside(string name)
    {
        var outside = _bundle.Outside("outside");
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(outside, "ptmx"), "marker");
        var link = Path.Combine(_bundle.RootFileSystem, name);
        if (Directory.Exists(link))
            Directory.Delete(link, recursive: true);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, outside);
        File.CreateSymbolicLink(Path.Combine(_bundle.RootFileSystem, "relative"), "../../outside");
        if (name.StartsWith("dev", StringComparison.Ordinal))
            _bundle.Spec = _bundle.Spec with { Mounts = [.. _bundle.Spec.Mounts.Where(m => !m.Destination.StartsWith("/dev", StringComparison.Ordinal))] };
        _bundle.With(Tmpfs("/mnt/deep/er"), Tmpfs("/relative/x"), Tmpfs("/dev/shm"), Bind("/etc/passwd", "/mnt/file"));
        _bundle.With(linux => linux with { Devices = [new DeviceSpec { Path = "/devices/made", Type = "c", Major = 1, Minor = 3 }] });
        // Some of these images work, some don't; none reaches the directory.
        _bundle.Run("true");
        Assert.Equal([Path.Combine(outside, "ptmx")], Directory.GetFileSystemEntries(outside));
        Assert.Equal("marker", File.ReadAllText(Path.Combine(outside, "ptmx")));
    }

    [BusyboxTheory]
    [InlineData("/proc/self")]
    [InlineData("/proc/sys")]
    [InlineData("/proc/../proc/self/attr")]
    [InlineData("/tmp/../proc//1")]
    [InlineData("/alias/self/attr")]
    [InlineData("/alias")]
    public void Nothing_is_mounted_over_proc(string destination)
    {
        File.CreateSymbolicLink(Path.Combine(_bundle.RootFileSystem, "alias"), "proc");
        foreach (var mount in new[] { Tmpfs(destination), Bind(Path.Combine(_bundle.RootFileSystem, "tmp"), destination) })
        {
            var (code, _, errors) = new Bundle(_root) { Spec = _bundle.Spec }.Linked("alias", "proc").With(mount).Run("true");
            Assert.NotEqual(0, code);
            Assert.Contains("cannot be mounted because it is inside /proc", errors);
        }
    }

    [BusyboxFact]
    public void Proc_itself_is_a_procfs_and_what_imitates_some_files_may_be_mounted()
    {
        File.WriteAllText(_bundle.Outside("uptime"), "forever");
        Assert.Contains("not of type proc", new Bundle(_root).With(Tmpfs("/proc")).Run("true").Errors);
        Assert.Contains("not of type proc", new Bundle(_root).With(Bind("/tmp", "/proc")).Run("true").Errors);
        Assert.Equal("forever", _bundle.With(new MountSpec { Source = "/proc", Destination = "/proc", Options = ["rbind"] }, Bind(_bundle.Outside("uptime"), "/proc/uptime")).Read("cat /proc/uptime"));
    }

    [BusyboxFact]
    public void A_kernel_parameter_is_written_to_a_procfs_with_nothing_in_the_way()
    {
        // CVE-2025-52881
        _bundle.With(linux => linux with { Sysctl = new Dictionary<string, string> { ["net.ipv4.ip_default_ttl"] = "99", ["net/ipv4/ip_forward"] = "1" } });
        Assert.Equal("99\n1\n", _bundle.Read("cat /proc/sys/net/ipv4/ip_default_ttl /proc/sys/net/ipv4/ip_forward"));
        var fake = _bundle.Outside("fake");
        _bundle.With(linux => linux with { Sysctl = new Dictionary<string, string> { ["kernel.shmmni"] = "99" } });
        var (code, _, errors) = _bundle.Run("true", $"mkdir {fake} && cp /proc/sys/kernel/cap_last_cap {fake} && touch {fake}/shmmni && mount --bind {fake} /proc/sys/kernel");
        Assert.NotEqual(0, code);
        Assert.Contains("linux.sysctl.kernel.shmmni", errors);
        Assert.Equal("", File.ReadAllText(Path.Combine(fake, "shmmni")));
    }

    [BusyboxFact]
    public void A_symbolic_link_that_the_kernel_makes_can_t_be_covered()
    {
        File.CreateSymbolicLink(_bundle.Outside("link"), "x");
        var (code, _, _) = _bundle.With(Bind(_bundle.Outside("link"), "/proc/self", "src-nofollow", "dest-nofollow")).Run("true");
        Assert.NotEqual(0, code);
    }

    [BusyboxFact]
    public void A_directory_that_becomes_a_link_while_a_container_starts_leads_nowhere_outside()
    {
        var outside = _bundle.Outside("outside");
        Directory.CreateDirectory(outside);
        var victim = Path.Combine(_bundle.RootFileSystem, "victim");
        var other = Path.Combine(_bundle.RootFileSystem, "other");
        Directory.CreateDirectory(victim);
        File.CreateSymbolicLink(other, "../../" + Path.GetFileName(outside));
        _bundle.With(Tmpfs("/victim/a/b"), Bind("/etc/passwd", "/victim/c"));
        using var stop = new CancellationTokenSource();
        var swapper = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
                RenameExchange(victim, other);
        });
        swapper.Start();
        try
        {
            for (var round = 0; round < Patience.Rounds(300, 60); round++)
            {
                _bundle.Run("true");
                Assert.Empty(Directory.GetFileSystemEntries(outside));
            }
        }
        finally
        {
            stop.Cancel();
            swapper.Join();
        }
    }

    private static void RenameExchange(string a, string b)
    {
        const int AT_FDCWD = -100, RENAME_EXCHANGE = 2;
        Native.renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
    }

    private static class Native
    {
#pragma warning disable SYSLIB1054 // A test needs no source-generated import.
        [System.Runtime.InteropServices.DllImport("libc", CharSet = System.Runtime.InteropServices.CharSet.Ansi)]
        internal static extern int renameat2(int oldDirectory, string oldPath, int newDirectory, string newPath, uint flags);
#pragma warning restore SYSLIB1054
    }
}
