using System.Diagnostics;
using System.Runtime.InteropServices;
using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Runtime.Tests;

/// <summary>Interfaces that move into a container, out of a network namespace that stands for the host's.</summary>
public sealed partial class NetDeviceTests : IDisposable
{
    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void An_interface_moves_with_its_addresses_under_its_new_name_and_is_up()
    {
        OnOtherHost(() =>
        {
            Ip("link add cc0 type veth peer name peer0");
            Ip("link set cc0 mtu 1789 address 00:11:22:33:44:55 up");
            Ip("address add 10.1.2.3/24 broadcast 10.1.2.255 dev cc0");
            Ip("address add fd00::1/64 dev cc0 nodad");
            Ip("address add 10.9.9.9/32 dev cc0 scope host");
            var (code, output, errors) = Run(new() { ["cc0"] = new NetDeviceSpec { Name = "inside0" } });
            Assert.True(code == 0, errors);
            Assert.Matches(@" inside0@\S+: <\S*\bUP\b", output);
            Assert.Contains("mtu 1789", output);
            Assert.Contains("00:11:22:33:44:55", output);
            Assert.Contains("inet 10.1.2.3/24 brd 10.1.2.255 scope global", output);
            Assert.Contains("inet6 fd00::1/64 scope global", output);
            Assert.DoesNotContain("10.9.9.9", output);
            Assert.DoesNotContain(RouteSocket.Open().Links(), link => link.Name == "cc0");
        });
    }

    [Fact]
    public void A_name_with_a_placeholder_is_counted_by_the_kernel_and_one_without_is_kept()
    {
        OnOtherHost(() =>
        {
            foreach (var name in new[] { "cc0", "cc1", "cc2" })
                Ip($"link add {name} type veth peer name peer-{name}");
            var (code, output, errors) = Run(new() { ["cc0"] = new NetDeviceSpec { Name = "n%d" }, ["cc1"] = new NetDeviceSpec { Name = "n%d" }, ["cc2"] = new NetDeviceSpec() });
            Assert.True(code == 0, errors);
            Assert.Contains(" n0@", output);
            Assert.Contains(" n1@", output);
            Assert.Contains(" cc2@", output);
        });
    }

    [Fact]
    public void What_can_t_be_moved_is_named_and_leaves_nothing()
    {
        OnOtherHost(() =>
        {
            Ip("link add cc0 type veth peer name peer0");
            foreach (var (device, name, message) in new[]
            {
                ("missing", "x", "linux.netDevices.missing: there is no such network interface."),
                ("cc0", "lo", "linux.netDevices.cc0.name: the container has an interface 'lo' already."),
                ("lo", "lo1", "linux.netDevices.lo: the network interface can't be moved: RTM_NEWLINK lo: EINVAL"),
            })
            {
                var (code, _, errors) = Run(new() { [device] = new NetDeviceSpec { Name = name } });
                Assert.NotEqual(0, code);
                Assert.Contains(message, errors);
            }
        });
    }

    private (int Code, string Output, string Errors) Run(Dictionary<string, NetDeviceSpec> devices)
    {
        var bundle = _root["bundle"];
        Directory.CreateDirectory(Path.Combine(bundle, "rootfs"));
        // The host's own ip(8), with all that it needs.
        var spec = DockerDefaults.Spec(_root.CgroupParent + "/netdevices", ["ip", "address", "show"]);
        JsonFile.Write(Path.Combine(bundle, "config.json"), spec with
        {
            Mounts =
            [
                .. new[] { "/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc" }.Where(Directory.Exists).Select(path => new MountSpec { Destination = path, Type = "bind", Source = path, Options = ["rbind", "ro"] }),
                .. spec.Mounts,
            ],
            Linux = spec.Linux! with { NetDevices = devices },
        }, SupervisorJson.RuntimeSpec);
        using var process = Process.Start(new ProcessStartInfo(TestRoot.CcrunPath, ["--root", _root["ids"], "run", "--bundle", bundle, "netdevices"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    private static void Ip(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ip {arguments}: {errors}");
    }

    /// <summary>A process is in the network namespace of the thread that starts it.</summary>
    private static void OnOtherHost(Action test)
    {
        if (!File.Exists("/sbin/ip") && !File.Exists("/usr/bin/ip"))
            return;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            failure = Record.Exception(() =>
            {
                Assert.Equal(0, unshare((int)CloneFlags.CLONE_NEWNET));
                test();
            });
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw new Xunit.Sdk.XunitException(failure.ToString());
    }

    [LibraryImport("libc")]
    private static partial int unshare(int flags);
}
