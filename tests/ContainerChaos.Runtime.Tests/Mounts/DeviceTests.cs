using static ContainerChaos.Runtime.Tests.Bundle;

namespace ContainerChaos.Runtime.Tests;

/// <summary>What is in /dev (runtime-spec, config-linux: Devices).</summary>
public sealed class DeviceTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly Bundle _bundle;

    public DeviceTests() => _bundle = new Bundle(_root);

    public void Dispose() => _root.Dispose();

    [BusyboxFact]
    public void Each_kind_is_made_with_its_number_mode_and_owner()
    {
        Devices(
            new DeviceSpec { Path = "/dev/char", Type = "c", Major = 1, Minor = 5, FileMode = 0x1FF, Uid = 3, Gid = 4 },
            new DeviceSpec { Path = "/dev/deep/er/unbuffered", Type = "u", Major = 251, Minor = 70000 },
            new DeviceSpec { Path = "/elsewhere/block/", Type = "b", Major = 10, Minor = 229, FileMode = 0x180 },
            new DeviceSpec { Path = "/dev/pipe", Type = "p", FileMode = 0x1B0, Uid = 1, Gid = 2 });
        Assert.Equal(
            "character special file 1:5 777 3:4\ncharacter special file fb:11170 666 0:0\nblock special file a:e5 600 0:0\nfifo 0:0 660 1:2\n",
            _bundle.Read("stat -c '%F %t:%T %a %u:%g' /dev/char /dev/deep/er/unbuffered /elsewhere/block /dev/pipe"));
    }

    [BusyboxFact]
    public void The_default_ones_and_the_links_are_there_and_the_spec_s_come_first()
    {
        Devices(new DeviceSpec { Path = "/dev/zero", Type = "c", Major = 1, Minor = 5, FileMode = 0x124 }, new DeviceSpec { Path = "/dev/ptmx", Type = "c", Major = 5, Minor = 2 });
        Assert.Equal("1:3 666\n1:5 444\n1:7 666\n1:8 666\n1:9 666\n5:0 666\n", _bundle.Read("cd /dev; stat -c '%t:%T %a' null zero full random urandom tty"));
        Assert.Equal("/proc/self/fd /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 pts/ptmx\n", _bundle.Read("cd /dev; echo $(for l in fd stdin stdout stderr ptmx; do readlink $l; done)"));
    }

    [BusyboxFact]
    public void They_are_made_in_an_image_s_dev_when_nothing_is_mounted_there()
    {
        _bundle.Spec = _bundle.Spec with { Mounts = [.. _bundle.Spec.Mounts.Where(m => !m.Destination.StartsWith("/dev", StringComparison.Ordinal))] };
        Assert.Equal("1:3\n", _bundle.Read("stat -c %t:%T /dev/null"));
    }

    [BusyboxFact]
    public void The_host_s_dev_stays_as_it_is()
    {
        var dev = _bundle.Outside("dev");
        Directory.CreateDirectory(dev);
        File.WriteAllText(Path.Combine(dev, "ptmx"), "untouched");
        _bundle.Spec = _bundle.Spec with { Mounts = [.. _bundle.Spec.Mounts.Where(m => !m.Destination.StartsWith("/dev", StringComparison.Ordinal)), Bind(dev, "/dev/")] };
        Assert.Equal("ptmx\nuntouched", _bundle.Read("ls /dev; cat /dev/ptmx"));
    }

    [BusyboxFact]
    public void An_unknown_kind_is_refused()
    {
        Devices(new DeviceSpec { Path = "/dev/x", Type = "x", Major = 1, Minor = 1 });
        var (code, _, errors) = _bundle.Run("true");
        Assert.NotEqual(0, code);
        Assert.Contains("linux.devices[0].type", errors);
    }

    private void Devices(params DeviceSpec[] devices) => _bundle.With(linux => linux with { Devices = devices });
}
