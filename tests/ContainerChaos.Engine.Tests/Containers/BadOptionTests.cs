using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>An option that makes no sense is named, with what would be right, and leaves nothing.</summary>
public sealed class BadOptionTests : EngineTest
{
    private static readonly ContainerCreateOptions s_target = new() { Image = "target" };

    public static TheoryData<string, ErrorReason, ContainerCreateOptions> BadOptions => new()
    {
        { "-MemorySwap '32 MB' is memory and swap together", ErrorReason.InvalidArgument, s_target with { MemoryBytes = 64 << 20, MemorySwapBytes = 32 << 20 } },
        { "-MemorySwap '32 MB' limits", ErrorReason.InvalidArgument, s_target with { MemorySwapBytes = 32 << 20 } },
        { "-MemoryReservation '1 MB'", ErrorReason.LimitTooLow, s_target with { MemoryReservationBytes = 1 << 20 } },
        { "-MemoryReservation '64 MB' is more", ErrorReason.InvalidArgument, s_target with { MemoryBytes = 32 << 20, MemoryReservationBytes = 64 << 20 } },
        { "-MemorySwappiness '101'", ErrorReason.InvalidArgument, s_target with { MemorySwappiness = 101 } },
        { "-OomScoreAdj '-1001'", ErrorReason.InvalidArgument, s_target with { OomScoreAdj = -1001 } },
        { "-CpuShares '1'", ErrorReason.InvalidArgument, s_target with { CpuShares = 1 } },
        { "-CpuPeriod '999'", ErrorReason.InvalidArgument, s_target with { CpuPeriod = 999 } },
        { "-CpuQuota '999'", ErrorReason.InvalidArgument, s_target with { CpuQuota = 999 } },
        { "-Cpus '0.5' is a quota", ErrorReason.InvalidArgument, s_target with { Cpus = 0.5, CpuQuota = 1000 } },
        { "-CpusetCpus '5000'", ErrorReason.InvalidArgument, s_target with { CpusetCpus = "5000" } },
        { "-CpusetCpus '2-1'", ErrorReason.InvalidArgument, s_target with { CpusetCpus = "2-1" } },
        { "-CpusetMems '7'", ErrorReason.InvalidArgument, s_target with { CpusetMems = "7" } },
        { "-BlkioWeight '5'", ErrorReason.InvalidArgument, s_target with { BlkioWeight = 5 } },
        { "-DeviceReadBps '/dev/null:1m'", ErrorReason.InvalidArgument, s_target with { DeviceReadBps = ["/dev/null:1m"] } },
        { "-DeviceWriteIops '/dev/null:1m'", ErrorReason.InvalidArgument, s_target with { DeviceWriteIops = ["/dev/null:1m"] } },
        { "-DeviceReadIops 'sda:1'", ErrorReason.InvalidArgument, s_target with { DeviceReadIops = ["sda:1"] } },
        { "-Ulimit 'nofile'", ErrorReason.InvalidArgument, s_target with { Ulimits = ["nofile"] } },
        { "-Ulimit 'files=1'", ErrorReason.InvalidArgument, s_target with { Ulimits = ["files=1"] } },
        { "-Ulimit 'nofile=2:1'", ErrorReason.InvalidArgument, s_target with { Ulimits = ["nofile=2:1"] } },
        { "-Ulimit 'nofile=-1:5'", ErrorReason.InvalidArgument, s_target with { Ulimits = ["nofile=-1:5"] } },
        { "-ShmSize '-1'", ErrorReason.InvalidArgument, s_target with { ShmSizeBytes = -1 } },
        { "-Device '/dev/nowhere'", ErrorReason.InvalidArgument, s_target with { Devices = ["/dev/nowhere"] } },
        { "-Device '/etc/passwd'", ErrorReason.InvalidArgument, s_target with { Devices = ["/etc/passwd"] } },
        { "-Device '/dev/null:/dev/x:rwx'", ErrorReason.InvalidArgument, s_target with { Devices = ["/dev/null:/dev/x:rwx"] } },
        { "-DeviceCgroupRule 'c 1:3'", ErrorReason.InvalidArgument, s_target with { DeviceCgroupRules = ["c 1:3"] } },
        { "-Sysctl 'kernel.panic'", ErrorReason.InvalidArgument, s_target with { Sysctl = new Dictionary<string, string> { ["kernel.panic"] = "1" } } },
        { "-Sysctl 'net.core.somaxconn'", ErrorReason.InvalidArgument, s_target with { Network = "host", Sysctl = new Dictionary<string, string> { ["net.core.somaxconn"] = "1" } } },
        { "-Sysctl 'net.core.nothing'", ErrorReason.InvalidArgument, s_target with { Sysctl = new Dictionary<string, string> { ["net.core.nothing"] = "1" } } },
        { "-GroupAdd 'wheel'", ErrorReason.InvalidArgument, s_target with { GroupAdd = ["wheel"] } },
        { "-Domainname 'a_b'", ErrorReason.InvalidArgument, s_target with { Domainname = "a_b" } },
        { "-AddHost 'db'", ErrorReason.InvalidArgument, s_target with { ExtraHosts = ["db"] } },
        { "-AddHost 'db:here'", ErrorReason.InvalidArgument, s_target with { ExtraHosts = ["db:here"] } },
        { "-AddHost 'h:host-gateway'", ErrorReason.InvalidArgument, s_target with { Network = "none", ExtraHosts = ["h:host-gateway"] } },
        { "-Dns 'one'", ErrorReason.InvalidArgument, s_target with { DnsServers = ["one"] } },
        { "-DnsOption 'a b'", ErrorReason.InvalidArgument, s_target with { DnsOptions = ["a b"] } },
        { "-Dns '1.1.1.1' does not go with", ErrorReason.InvalidArgument, s_target with { Network = "container:x", DnsServers = ["1.1.1.1"] } },
        { "-Hostname 'h' does not go with", ErrorReason.InvalidArgument, s_target with { Network = "container:x", Hostname = "h" } },
        { "-EnvFile '/nowhere/env'", ErrorReason.InvalidArgument, s_target with { EnvFiles = ["/nowhere/env"] } },
        { "-LabelFile '/proc/self/mem'", ErrorReason.InvalidArgument, s_target with { LabelFiles = ["/proc/self/mem"] } },
        { "-CapAdd 'NET_EVERYTHING'", ErrorReason.InvalidArgument, s_target with { CapAdd = ["NET_EVERYTHING"] } },
        { "-CapDrop 'CAP_X'", ErrorReason.InvalidArgument, s_target with { CapDrop = ["CAP_X"] } },
        { "-Pid 'other'", ErrorReason.InvalidArgument, s_target with { Pid = "other" } },
        { "-Pid 'host' does not go with -Init", ErrorReason.InvalidArgument, s_target with { Pid = "host", Init = true } },
        { "'gone'", ErrorReason.ContainerNotFound, s_target with { Pid = "container:gone" } },
        { "-Ipc 'container:'", ErrorReason.InvalidArgument, s_target with { Ipc = "container:" } },
        { "-Uts 'container:x'", ErrorReason.InvalidArgument, s_target with { Uts = "container:x" } },
        { "-Uts 'host' does not go with -Hostname", ErrorReason.InvalidArgument, s_target with { Uts = "host", Hostname = "h" } },
        { "-CgroupnsMode 'x'", ErrorReason.InvalidArgument, s_target with { CgroupnsMode = "x" } },
        { "'apparmor'", ErrorReason.InvalidArgument, s_target with { SecurityOptions = ["apparmor"] } },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Bad_options_are_named_and_leave_nothing(string named, ErrorReason reason, ContainerCreateOptions options)
    {
        var error = Fails(reason, () => Engine.Create(options with { Name = "bad" }));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Empty(Engine.List());
        Assert.False(Directory.Exists(Path.Combine(Root.DataRoot, "names")) && Directory.EnumerateFiles(Path.Combine(Root.DataRoot, "names")).Any(path => Path.GetFileName(path) != ".lock"));
    }

    [Fact]
    public void A_file_of_variables_is_refused_by_the_line_that_is_wrong()
    {
        File.WriteAllText(Root["env"], "GOOD=1\nNOT GOOD=2\n");
        Assert.Contains("in line 2 a name that is no name: 'NOT GOOD'", Fails(ErrorReason.InvalidArgument, () => Engine.Create(s_target with { EnvFiles = [Root["env"]] })).Message, StringComparison.Ordinal);
        File.WriteAllBytes(Root["env"], [0x41, 0x3d, 0xff, 0xfe]);
        Assert.Contains("no text in UTF-8", Fails(ErrorReason.InvalidArgument, () => Engine.Create(s_target with { EnvFiles = [Root["env"]] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_kernel_has_no_module_for_is_refused_and_what_turns_it_off_is_taken()
    {
        if (!Linux.SecurityModules.HasAppArmor)
            Assert.Contains("AppArmor", Fails(ErrorReason.NotSupported, () => Engine.Create(s_target with { SecurityOptions = ["apparmor=docker-default"] })).Message, StringComparison.Ordinal);
        if (!Linux.SecurityModules.HasSelinux)
            Assert.Contains("SELinux", Fails(ErrorReason.NotSupported, () => Engine.Create(s_target with { SecurityOptions = ["label=type:svirt_t"] })).Message, StringComparison.Ordinal);
        Engine.Create(s_target with { SecurityOptions = ["apparmor=unconfined", "label:disable"] });
    }
}
