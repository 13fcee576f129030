namespace ContainerChaos.Runtime.Tests;

/// <summary>Paths that are hidden or can't be written (runtime-spec, config-linux: Masked and Readonly Paths).</summary>
public sealed class MaskedPathTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly Bundle _bundle;

    public MaskedPathTests()
    {
        _bundle = new Bundle(_root);
        foreach (var name in new[] { "one", "two", "three" })
            Directory.CreateDirectory(Path.Combine(_bundle.RootFileSystem, name, "secret"));
        File.WriteAllText(Path.Combine(_bundle.RootFileSystem, "file"), "secret");
    }

    public void Dispose() => _root.Dispose();

    [BusyboxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Directories_share_one_empty_file_system_and_files_read_as_empty(bool readOnlyRoot)
    {
        _bundle.Spec = _bundle.Spec with { Root = _bundle.Spec.Root! with { Readonly = readOnlyRoot } };
        _bundle.With(linux => linux with { MaskedPaths = ["/one", "/file", "/two/", "/missing", "/one", "/file/below", "/three"] });
        Assert.Equal("1\n", _bundle.Read("ls /one /two /three/ | grep secret; cat /file; stat -c %d /one /two /three | sort -u | wc -l"));
        var (_, _, errors) = _bundle.Run("touch /one/x");
        Assert.Contains("Read-only file system", errors);
        var mounts = _bundle.ReadMounts();
        Assert.Single(mounts, m => m.Point == "/one");
        Assert.Single(mounts, m => m.Point == "/file");
    }

    [BusyboxFact]
    public void A_null_device_of_the_image_masks_nothing()
    {
        // CVE-2025-31133: a link in the place of /dev/null, followed, would mount what it names over the masked path.
        File.CreateSymbolicLink(Path.Combine(_bundle.RootFileSystem, "dev/null"), "/proc/sys/kernel/core_pattern");
        _bundle.Spec = _bundle.Spec with { Mounts = [.. _bundle.Spec.Mounts.Where(m => !m.Destination.StartsWith("/dev", StringComparison.Ordinal))] };
        _bundle.With(linux => linux with { MaskedPaths = ["/file"] });
        Assert.Equal("character special file 1:3\n", _bundle.Read("stat -c '%F %t:%T' /file"));
    }

    [BusyboxFact]
    public void A_host_s_null_device_that_is_another_one_is_refused()
    {
        _bundle.With(linux => linux with { MaskedPaths = ["/file"] });
        var (code, _, errors) = _bundle.Run("true", $"mknod {_bundle.Outside("zero")} c 1 5 && mount --bind {_bundle.Outside("zero")} /dev/null");
        Assert.NotEqual(0, code);
        Assert.Contains("null device", errors);
    }

    [BusyboxFact]
    public void A_read_only_path_keeps_the_flags_of_what_it_lies_on()
    {
        var volume = _bundle.Outside("volume");
        Directory.CreateDirectory(Path.Combine(volume, "sub"));
        _bundle.With(new MountSpec { Source = volume, Destination = "/mnt", Options = ["rbind", "nosuid", "noexec", "nodev"] });
        _bundle.With(linux => linux with { ReadonlyPaths = ["/mnt/sub", "/proc/bus", "/missing", "/file"] });
        var mounts = _bundle.ReadMounts().ToLookup(m => m.Point, m => m.Options);
        Assert.Equal(["ro,nosuid,nodev,noexec,relatime"], mounts["/mnt/sub"]);
        Assert.Equal(["ro,nosuid,nodev,noexec,relatime"], mounts["/proc/bus"]);
        Assert.Contains("Read-only file system", _bundle.Run("echo x > /file").Errors);
    }

    [BusyboxFact]
    public void A_link_of_the_image_can_t_lead_a_mask_outside()
    {
        File.CreateSymbolicLink(Path.Combine(_bundle.RootFileSystem, "out"), "../../../../../../etc");
        _bundle.With(linux => linux with { MaskedPaths = ["/out/passwd"], ReadonlyPaths = ["/out"] });
        Assert.Equal("ok\n", _bundle.Read("echo ok"));
        Assert.NotEmpty(File.ReadAllText("/etc/passwd"));
    }
}
