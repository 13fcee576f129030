using static ContainerChaos.Runtime.Tests.Bundle;

namespace ContainerChaos.Runtime.Tests;

/// <summary>What each option of a mount does (runtime-spec, config: Linux mount options).</summary>
public sealed class MountOptionTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly Bundle _bundle;
    private readonly string _volume;

    public MountOptionTests()
    {
        _bundle = new Bundle(_root);
        _volume = _bundle.Outside("volume");
        Directory.CreateDirectory(Path.Combine(_volume, "below"));
    }

    public void Dispose() => _root.Dispose();

    [BusyboxTheory]
    [InlineData("ro", "ro,relatime")]
    [InlineData("rw nosuid", "rw,nosuid,relatime")]
    [InlineData("nodev noexec", "rw,nodev,noexec,relatime")]
    [InlineData("noatime", "rw,noatime")]
    [InlineData("strictatime", "rw")]
    [InlineData("nodiratime", "rw,nodiratime,relatime")]
    [InlineData("nosymfollow", "rw,relatime,nosymfollow")]
    [InlineData("rro rnosuid rnodev rnoexec", "ro,nosuid,nodev,noexec,relatime")]
    [InlineData("rnoatime rnodiratime rnosymfollow", "rw,noatime,nodiratime,nosymfollow")]
    [InlineData("ro rw nosuid suid nodev dev noexec exec", "rw,relatime")]
    [InlineData("defaults async loud nomand nolazytime noiversion", "rw,relatime")]
    public void A_flag_is_the_mount_s(string options, string expected)
    {
        string[] list = options.Split(' ');
        _bundle.With(Bind(_volume, "/mnt/bind", list), Tmpfs("/mnt/tmpfs", list));
        var mounts = _bundle.ReadMounts();
        Assert.Equal(expected, mounts.Single(m => m.Point == "/mnt/bind").Options);
        Assert.Equal(expected, mounts.Single(m => m.Point == "/mnt/tmpfs").Options);
    }

    [BusyboxFact]
    public void A_flag_of_the_file_system_is_its_super_block_s()
    {
        var mount = _bundle.With(Tmpfs("/mnt", "sync", "dirsync", "lazytime", "silent", "size=1m")).ReadMount("/mnt");
        Assert.Equal("rw,sync,dirsync,lazytime,size=1024k", mount.SuperOptions.Replace(",mode=755", ""));
    }

    [BusyboxFact]
    public void An_option_that_the_file_system_does_not_know_is_named()
    {
        var (code, _, errors) = _bundle.With(Tmpfs("/mnt", "frobnicate=1")).Run("true");
        Assert.NotEqual(0, code);
        Assert.Contains("frobnicate", errors);
    }

    [BusyboxFact]
    public void An_option_of_a_file_system_is_none_of_a_bind_mount()
    {
        var (code, _, errors) = _bundle.With(Bind(_volume, "/mnt", "size=1m")).Run("true");
        Assert.NotEqual(0, code);
        Assert.Contains("mounts[7].options: bind mounts cannot have any filesystem-specific options", errors);
    }

    [BusyboxFact]
    public void A_value_may_be_longer_than_the_kernel_s_call_for_one_takes()
    {
        var layers = Enumerable.Range(0, 12).Select(i => _bundle.Outside($"a-directory-with-a-long-name-{i}")).ToArray();
        foreach (var layer in layers)
            Directory.CreateDirectory(layer);
        File.WriteAllText(Path.Combine(layers[^1], "seen"), "at the bottom");
        _bundle.With(new MountSpec { Type = "overlay", Source = "overlay", Destination = "/mnt", Options = ["nodev", "lowerdir=" + string.Join(':', layers)] });
        Assert.Equal("at the bottom", _bundle.Read("cat /mnt/seen"));
        Assert.Equal("ro,nodev,relatime", _bundle.ReadMount("/mnt").Options.Replace("rw", "ro"));
    }

    [BusyboxFact]
    public void Ro_is_for_one_mount_and_rro_for_all_below()
    {
        var prepare = $"mount -t tmpfs none {_volume} && mkdir {_volume}/below && mount -t tmpfs none {_volume}/below";
        _bundle.With(new MountSpec { Source = _volume, Destination = "/one", Options = ["rbind", "ro"] }, new MountSpec { Source = _volume, Destination = "/all", Options = ["rbind", "rro"] });
        var mounts = _bundle.ReadMounts(prepare).ToDictionary(m => m.Point, m => m.Options);
        Assert.StartsWith("ro", mounts["/one"]);
        Assert.StartsWith("rw", mounts["/one/below"]);
        Assert.StartsWith("ro", mounts["/all"]);
        Assert.StartsWith("ro", mounts["/all/below"]);
    }

    // The semantics of runc: nothing named keeps all, something named clears what is not, but for access times.
    [BusyboxTheory]
    [InlineData("ro,noexec,nosymfollow,nodiratime", "", "ro,noexec,nodiratime,relatime,nosymfollow")]
    [InlineData("ro,noexec,nosymfollow,nodiratime", "dev", "rw,nodiratime,relatime")]
    [InlineData("ro", "nosuid nodev", "rw,nosuid,nodev,relatime")]
    [InlineData("nosuid,nodev,noexec,noatime", "ro", "ro,noatime")]
    [InlineData("noatime", "atime", "rw,noatime")]
    [InlineData("noatime", "relatime", "rw,relatime")]
    [InlineData("noatime", "nodiratime", "rw,nodiratime,relatime")]
    [InlineData("noatime,nodiratime", "strictatime", "rw")]
    public void A_source_s_flags_stay_unless_the_mount_names_some(string ofSource, string options, string expected) =>
        Assert.Equal(expected, _bundle.With(Bind(_volume, "/mnt", Words(options))).ReadMount("/mnt", Flags(ofSource)).Options);

    [BusyboxTheory]
    [InlineData("ro,noexec,nosymfollow,nodiratime", "dev", "ro,noexec,nodiratime,relatime")]
    [InlineData("rw,nodev,nosuid,noexec,noatime", "ro", "ro,nosuid,nodev,noexec,noatime")]
    [InlineData("ro", "nosuid", "ro,nosuid,relatime")]
    [InlineData("rw,nodev,nosymfollow", "rw", "rw,nodev,relatime")]
    public void A_user_namespace_keeps_the_locked_ones(string ofSource, string options, string expected) =>
        Assert.Equal(expected, _bundle.InUserNamespace().With(Bind(_volume, "/mnt", Words(options))).ReadMount("/mnt", Flags(ofSource)).Options);

    [BusyboxTheory]
    [InlineData("ro", "rw")]
    [InlineData("nosuid,nodev,noexec", "dev suid exec")]
    [InlineData("noatime", "strictatime")]
    [InlineData("strictatime", "noatime")]
    [InlineData("noatime", "relatime")]
    public void A_user_namespace_can_t_take_a_locked_one_away(string ofSource, string options)
    {
        var (code, _, errors) = _bundle.InUserNamespace().With(Bind(_volume, "/mnt", Words(options))).Run("true", Flags(ofSource));
        Assert.NotEqual(0, code);
        Assert.Contains("operation not permitted (EPERM)", errors);
    }

    [BusyboxFact]
    public void A_mount_that_is_there_is_changed_by_remount()
    {
        _bundle.With(
            Tmpfs("/mnt", "size=1m"),
            new MountSpec { Destination = "/mnt", Options = ["bind", "remount", "ro", "noexec"] },
            new MountSpec { Destination = "/dev/shm", Type = "tmpfs", Options = ["remount", "size=2m"] });
        var mounts = _bundle.ReadMounts();
        Assert.Equal("ro,noexec,relatime", mounts.Single(m => m.Point == "/mnt").Options);
        Assert.Contains("size=2048k", mounts.Single(m => m.Point == "/dev/shm").SuperOptions);
    }

    [BusyboxFact]
    public void A_mount_without_a_type_that_is_no_bind_mount_is_refused()
    {
        var (code, _, errors) = _bundle.With(new MountSpec { Source = _volume, Destination = "/mnt" }).Run("true");
        Assert.NotEqual(0, code);
        Assert.Contains("mounts[7].type", errors);
    }

    [BusyboxFact]
    public void A_read_only_tmpfs_takes_what_is_mounted_in_it()
    {
        _bundle.With(Tmpfs("/mnt", "ro"), Bind(_volume, "/mnt/volume"));
        _bundle.Spec = _bundle.Spec with { Mounts = [.. _bundle.Spec.Mounts.Select(m => m.Destination == "/dev" ? m with { Options = [.. m.Options, "ro"] } : m)] };
        var (_, output, errors) = _bundle.Run("ls -d /mnt/volume/below; touch /mnt/x; touch /dev/x; ls /dev/null");
        Assert.Equal("/mnt/volume/below\n/dev/null\n", output);
        Assert.Equal(2, errors.Split("Read-only file system").Length - 1);
    }

    private static string[] Words(string options) => options.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private string Flags(string flags) => $"mount --bind {_volume} {_volume} && mount --bind -o remount,{flags} {_volume}";
}
