namespace ContainerChaos.Runtime.Tests.Hardening;

/// <summary>CVE-2025-52881: a write that is meant for /proc goes nowhere else, whatever a config or an image has put there.</summary>
[Trait("Category", "Kernel")]
public sealed class ProcWriteTests : IDisposable
{
    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_kernel_parameter_is_not_written_into_a_file_of_the_image(bool linked)
    {
        var bundle = new Bundle(_root, ["true"], Attack);
        var fake = Path.Combine(bundle.RootFileSystem, linked ? "fake" : "proc");
        Directory.CreateDirectory(Path.Combine(fake, "sys/net/ipv4"));
        Directory.CreateDirectory(Path.Combine(fake, "self/attr"));
        foreach (var file in new[] { "sys/net/ipv4/ip_forward", "self/oom_score_adj", "self/attr/exec", "sysrq-trigger" })
            File.WriteAllText(Path.Combine(fake, file), "untouched");
        if (linked)
            File.CreateSymbolicLink(Path.Combine(bundle.RootFileSystem, "proc"), "/fake");
        // No procfs is mounted: whatever the image has there stays visible.
        bundle.RunContainer();
        Assert.All(Directory.GetFiles(fake, "*", SearchOption.AllDirectories), file => Assert.Equal("untouched", File.ReadAllText(file)));
    }

    [Fact]
    public void Nor_is_it_redirected_to_another_parameter_by_a_mount_over_proc()
    {
        var panic = File.ReadAllText("/proc/sys/kernel/panic");
        var bundle = new Bundle(_root, ["true"], spec => Attack(spec) with
        {
            Mounts = [.. spec.Mounts, new MountSpec { Type = "bind", Source = "/proc/sys/kernel/panic", Destination = "/proc/sys/net/ipv4/ip_forward", Options = ["bind"] }],
        });
        bundle.RunContainer();
        Assert.Equal(panic, File.ReadAllText("/proc/sys/kernel/panic"));
    }

    private static RuntimeSpec Attack(RuntimeSpec spec) => spec with
    {
        Mounts = [.. spec.Mounts.Where(mount => mount.Destination != "/proc")],
        Process = spec.Process! with { OomScoreAdj = 100 },
        Linux = spec.Linux! with { Sysctl = new Dictionary<string, string> { ["net.ipv4.ip_forward"] = "1" }, MaskedPaths = [], ReadonlyPaths = [] },
    };
}
