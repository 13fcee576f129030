using System.Diagnostics;

namespace ContainerChaos.Linux.Tests;

/// <summary>Rules about devices as the kernel applies them, by a version 1 controller or an eBPF program.</summary>
[Trait("Category", "Kernel")]
public sealed class CgroupDeviceTests : IDisposable
{
    private static readonly CgroupDeviceRule Null = Character(1, 3, DeviceAccess.All), Zero = Character(1, 5, DeviceAccess.All);

    private readonly TestRoot _root = new();
    private readonly Cgroup _group;

    public CgroupDeviceTests()
    {
        _group = CgroupHost.Current.Group(_root.CgroupParent + "/devices", CgroupMembership.All);
        _group.Create();
    }

    public void Dispose()
    {
        Assert.True(_group.TryDelete());
        _root.Dispose();
    }

    [Fact]
    public void What_no_rule_is_about_is_denied()
    {
        _group.SetDevices([Null]);
        Assert.Equal("null yes", Try("</dev/null", "null"));
        Assert.Equal("zero no", Try("</dev/zero", "zero"));
    }

    [Fact]
    public void The_last_rule_counts()
    {
        _group.SetDevices([CgroupDeviceRule.DenyAll, Null, Null with { Allow = false }, Zero]);
        Assert.Equal("null no", Try("</dev/null", "null"));
        Assert.Equal("zero yes", Try("</dev/zero", "zero"));

        _group.SetDevices([CgroupDeviceRule.DenyAll with { Allow = true }, Zero with { Allow = false }]);
        Assert.Equal("null yes", Try("</dev/null", "null"));
        Assert.Equal("zero no", Try("</dev/zero", "zero"));
    }

    [Fact]
    public void Reading_and_writing_are_told_apart_and_add_up()
    {
        _group.SetDevices([Character(1, 3, DeviceAccess.Read)]);
        Assert.Equal("read yes", Try("</dev/null", "read"));
        Assert.Equal("write no", Try(">/dev/null", "write"));
        Assert.Equal("both no", Try("<>/dev/null", "both"));

        _group.SetDevices([Character(1, 3, DeviceAccess.Read), Character(1, 3, DeviceAccess.Write)]);
        Assert.Equal("both yes", Try("<>/dev/null", "both"));

        _group.SetDevices([CgroupDeviceRule.DenyAll with { Allow = true }, new(Allow: false, null, null, null, DeviceAccess.Write)]);
        Assert.Equal("read yes", Try("</dev/null", "read"));
        Assert.Equal("both no", Try("<>/dev/null", "both"));
    }

    [Fact]
    public void Making_a_node_is_an_access_of_its_own()
    {
        _group.SetDevices([Character(1, null, DeviceAccess.MakeNode)]);
        var node = Path.Combine(_root.Directory, "node");
        Assert.Equal("make yes", Run($"mknod {node} c 1 3 && echo make yes || echo make no"));
        Assert.Equal("open no", Try($"<{node}", "open"));
        Assert.Equal("block no", Run($"mknod {node}2 b 1 3 2>&- && echo block yes || echo block no"));
    }

    [Fact]
    public void Rules_replace_those_before_them()
    {
        for (var round = 0; round < 3; round++)
        {
            _group.SetDevices([Zero]);
            Assert.Equal("null no", Try("</dev/null", "null"));
            _group.SetDevices([Null]);
            Assert.Equal("null yes", Try("</dev/null", "null"));
        }
    }

    [Fact]
    public void A_hole_in_a_wider_rule_is_made_where_the_kernel_can_and_refused_where_it_can_t()
    {
        CgroupDeviceRule[] rules = [Character(1, null, DeviceAccess.All), Zero with { Allow = false }];
        if (!_group.IsUnified("devices"))
        {
            var error = Assert.Throws<ErrnoException>(() => _group.SetDevices(rules));
            Assert.Equal(Errno.EOPNOTSUPP, error.Errno);
            Assert.Contains("c 1:5 rwm", error.Message);
            return;
        }
        _group.SetDevices(rules);
        Assert.Equal("null yes", Try("</dev/null", "null"));
        Assert.Equal("zero no", Try("</dev/zero", "zero"));
    }

    private static CgroupDeviceRule Character(uint major, uint? minor, DeviceAccess access) => new(Allow: true, FileKind.CharacterDevice, major, minor, access);

    private string Try(string redirection, string name) => Run($"(: {redirection}) 2>&- && echo {name} yes || echo {name} no");

    // The shell joins the group and goes on in it. Its standard streams are open already.
    private string Run(string script)
    {
        var join = string.Concat(_group.Directories.Select(directory => $"echo 0 > {directory}/cgroup.procs && "));
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{join} {script}"]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return output;
    }
}
