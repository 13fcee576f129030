using static ContainerChaos.Runtime.Tests.Bundle;

namespace ContainerChaos.Runtime.Tests;

/// <summary>Mounts of a container whose root is not the host's.</summary>
public sealed class UserNamespaceMountTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly Bundle _bundle;

    public UserNamespaceMountTests() => _bundle = new Bundle(_root).InUserNamespace();

    public void Dispose() => _root.Dispose();

    [BusyboxFact]
    public void A_source_that_only_the_host_s_root_may_reach_is_mounted()
    {
        var hidden = _bundle.Outside("hidden");
        Directory.CreateDirectory(Path.Combine(hidden, "one"));
        File.WriteAllText(Path.Combine(hidden, "two"), "two");
        File.SetUnixFileMode(hidden, UnixFileMode.None);
        _bundle.With(Bind(Path.Combine(hidden, "one"), "/one", "ro"), Bind(Path.Combine(hidden, "two"), "/two"));
        Assert.Equal("two", _bundle.Read("ls /one; cat /two"));
        Assert.StartsWith("ro", _bundle.ReadMount("/one").Options);
        File.SetUnixFileMode(hidden, (UnixFileMode)0x1ED);
    }

    [BusyboxFact]
    public void A_source_is_mounted_without_what_is_mounted_below_it()
    {
        var source = _bundle.Outside("source");
        Directory.CreateDirectory(Path.Combine(source, "below"));
        File.WriteAllText(Path.Combine(source, "below/under"), "");
        _bundle.With(Bind(source, "/source"));
        Assert.Equal("under\n", _bundle.Read("ls /source/below", before: $"mount -t tmpfs tmpfs {source}/below"));
    }

    [BusyboxFact]
    public void A_mount_that_is_refused_is_named_with_the_error()
    {
        var source = _bundle.Outside("source");
        Directory.CreateDirectory(source);
        _bundle.With(Bind(source, "/source", "rw"));
        var (code, output, errors) = _bundle.Run("true", before: $"mount --bind {source} {source}; mount -o remount,bind,ro {source}");
        Assert.Equal((1, ""), (code, output));
        Assert.Matches($"ccrun run failed: unable to start container process: error during container init: error mounting in {_bundle.Id}: .*/source.*: operation not permitted \\(EPERM\\)", errors);
    }

    [BusyboxFact]
    public void What_is_made_for_a_mount_belongs_to_the_container_s_root()
    {
        File.CreateSymbolicLink(Path.Combine(_bundle.RootFileSystem, "dangling"), "/made/by/asking");
        _bundle.With(Tmpfs("/a"), Tmpfs("/b/c/d"), Tmpfs("/dangling/x"));
        Assert.Equal("0:0 0:0 0:0 0:0\n", _bundle.Read("echo $(stat -c %u:%g /a /b /b/c /made/by/asking)"));
    }

    [BusyboxFact]
    public void Devices_are_bound_and_those_of_the_spec_have_their_owner_and_mode()
    {
        _bundle.With(linux => linux with
        {
            Devices =
            [
                new DeviceSpec { Path = "/dev/mine", Type = "c", Major = 1, Minor = 5, FileMode = 0x1A0, Uid = 10, Gid = 11 },
                new DeviceSpec { Path = "/dev/pipe", Type = "p", Uid = 3 },
            ],
        });
        Assert.Equal("1 5 640 10:11\nfifo 3\n1 3\n", _bundle.Read("stat -c '%t %T %a %u:%g' /dev/mine; stat -c '%F %u' /dev/pipe; stat -c '%t %T' /dev/null; head -c1 /dev/mine > /dev/null"));
        Assert.Equal("rw,nosuid,noexec,relatime", _bundle.ReadMount("/dev/null").Options);
    }

    [BusyboxFact]
    public void With_the_host_s_network_it_gets_the_host_s_sysfs_read_only()
    {
        var mounts = _bundle.Without("network").ReadMounts();
        Assert.StartsWith("ro,nosuid,nodev,noexec", mounts.Single(m => m.Point == "/sys").Options);
    }

    [BusyboxFact]
    public void A_group_that_is_not_mapped_owns_no_terminal()
    {
        var bundle = new Bundle(_root).InUserNamespace(100000, 3);
        Assert.DoesNotContain("gid=", bundle.ReadMount("/dev/pts").SuperOptions);
    }

    [BusyboxFact]
    public void A_locked_flag_of_the_root_stays_when_it_becomes_read_only()
    {
        _bundle.Spec = _bundle.Spec with { Root = _bundle.Spec.Root! with { Readonly = true } };
        Assert.Equal("ro,nosuid,nodev,relatime", _bundle.ReadMount(
            "/", $"mount --bind {_bundle.RootFileSystem} {_bundle.RootFileSystem} && mount -o remount,bind,nosuid,nodev {_bundle.RootFileSystem}").Options);
    }
}
