using System.Text.Json;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Docker's default seccomp profile, and what else a container can have.</summary>
public sealed class SecurityOptionTests : ContainerTest
{
    // x86-64, by number: each would succeed, or fail with another error, without a filter.
    private static readonly (string Call, string[] Arguments)[] s_denied =
    [
        ("add_key", ["248", "@user", "@name", "@secret", "6", "-3"]),
        ("keyctl", ["250", "0", "-3", "0"]),
        ("request_key", ["249", "@user", "@name", "0", "0"]),
        ("unshare, a user namespace", ["272", "0x10000000"]),
        ("mount", ["165", "@tmpfs", "@/", "@tmpfs", "0", "0"]),
        ("umount2", ["166", "@/proc", "2"]),
        ("setns", ["308", "0", "0"]),
        ("bpf", ["321", "0", "0", "0"]),
        ("perf_event_open", ["298", "0", "0", "0", "0", "0"]),
        ("userfaultfd", ["323", "0"]),
        ("io_uring_setup", ["425", "1", "0"]),
        ("open_tree", ["428", "-100", "@/", "1"]),
        ("fsopen", ["430", "@tmpfs", "0"]),
        ("kexec_load", ["246", "0", "0", "0", "0"]),
        ("socket, AF_ALG", ["41", "38", "5", "0"]),
        ("socket, AF_VSOCK", ["41", "40", "1", "0"]),
        ("personality", ["135", "0x0040000"]),
        ("clone, a user namespace", ["56", "0x10000011", "0", "0", "0", "0"]),
        ("ptrace's neighbour kcmp", ["312", "1", "1", "0", "0", "0"]),
        ("swapon", ["167", "@/swap", "0"]),
        ("reboot", ["169", "0", "0", "0"]),
        ("init_module", ["175", "0", "0", "0"]),
        ("acct", ["163", "0"]),
    ];

    [Fact]
    public void By_default_a_container_is_under_Docker_s_profile()
    {
        var container = Run("pause");
        Assert.All(s_denied, denied => Assert.Equal("EPERM", Call(container, denied.Arguments)));
        // clone3 hides its flags, so it does not exist; nor does what is newer than the profile.
        Assert.Equal("ENOSYS", Call(container, "435", "0", "0"));
        Assert.Equal("ENOSYS", Call(container, "600"));
        // What programs live by.
        Assert.Equal("0", Call(container, "24"));
        Assert.Equal("0", Call(container, "161", "@/")); // chroot: CAP_SYS_CHROOT is in the default set
        Assert.NotEqual("EPERM", Call(container, "41", "1", "1", "0")); // socket, AF_UNIX
        Assert.Equal("ESRCH", Call(container, "101", "16", "999", "0", "0")); // ptrace, of a process that is not there
        Assert.Contains("Seccomp=2", Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/target", "id"] }).Output[2]);
    }

    [Fact]
    public void The_embedded_service_runs_under_the_profile()
    {
        var container = Run("serve");
        AwaitReady(container);
        Assert.Equal(0, Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/target", "get", "/fork?n=2"] }).ExitCode);
    }

    [Fact]
    public void A_shell_runs_under_the_profile()
    {
        const string busybox = "/bin/busybox";
        if (!File.Exists(busybox))
            return; // busybox-static brings the shell; another machine looks.
        var tree = Root["shell"];
        Directory.CreateDirectory(Path.Combine(tree, "bin"));
        File.Copy(busybox, Path.Combine(tree, "bin/sh"));
        Engine.Images.Import(tree, "shell");
        var container = Engine.Start(Engine.Create(new ContainerCreateOptions { Image = "shell", Command = ["/bin/sh", "-c", "echo $(echo one | sh -c 'read x; echo $x two'); sleep 0 & wait; exit 7"] }).Id);
        container = Engine.Wait(container.Id);
        Assert.Equal(7, container.ExitCode);
        Assert.Equal("one two", Engine.ReadLog(container.Id, new ContainerLogOptions()).First().Line);
    }

    [Fact]
    public void Unconfined_there_is_no_filter_and_with_false_there_are_new_privileges()
    {
        var container = Engine.Start(Engine.Create(Target("pause") with { SecurityOptions = ["seccomp=unconfined", "no-new-privileges=false"] }).Id);
        Assert.Contains("NoNewPrivs=0 Seccomp=0", Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/target", "id"] }).Output[2]);
        Assert.NotEqual("EPERM", Call(container, "250", "0", "-3", "0"));

        var filtered = Engine.Start(Engine.Create(Target("pause") with { SecurityOptions = ["no-new-privileges:false"] }).Id);
        Assert.Contains("NoNewPrivs=0 Seccomp=2", Engine.Invoke(filtered.Id, new ContainerCommandOptions { Command = ["/target", "id"] }).Output[2]);
        Assert.Equal("EPERM", Call(filtered, "250", "0", "-3", "0"));
    }

    [Fact]
    public void A_profile_of_one_s_own_decides_by_capability_machine_and_kernel()
    {
        var profile = Root["profile.json"];
        File.WriteAllText(profile, """
            {
              "defaultAction": "SCMP_ACT_ALLOW",
              "archMap": [{ "architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"] }],
              "syscalls": [
                { "name": "sched_yield", "action": "SCMP_ACT_ERRNO", "errnoRet": 93, "includes": { "caps": ["CAP_CHOWN", "CAP_KILL"], "minKernel": "3.0" } },
                { "names": ["getpriority"], "action": "SCMP_ACT_ERRNO", "includes": { "caps": ["CAP_SYS_ADMIN"] } },
                { "names": ["getpriority"], "action": "SCMP_ACT_ERRNO", "excludes": { "caps": ["CAP_SYS_ADMIN", "CAP_CHOWN"] } },
                { "names": ["getpriority"], "action": "SCMP_ACT_ERRNO", "includes": { "arches": ["s390x"] } },
                { "names": ["getpriority"], "action": "SCMP_ACT_ERRNO", "includes": { "minKernel": "99.0" } }
              ]
            }
            """);
        var container = Engine.Start(Engine.Create(Target("pause") with { SecurityOptions = ["seccomp=" + profile] }).Id);
        Assert.Equal("EPROTONOSUPPORT", Call(container, "24"));
        // The priority itself, which is 20 less the nice value that the tests are run with.
        Assert.Matches("^[0-9]+$", Call(container, "140", "0", "0"));
    }

    [Theory]
    [InlineData("seccomp")]
    [InlineData("seccomp=")]
    [InlineData("apparmor=")]
    [InlineData("no-new-privileges=maybe")]
    [InlineData("")]
    [InlineData("seccomp=/does/not/exist")]
    [InlineData("seccomp=/etc")]
    public void An_option_that_makes_no_sense_is_refused(string option) =>
        Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target("true") with { SecurityOptions = [option] }));

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("{\"architectures\":[\"SCMP_ARCH_X86\"],\"archMap\":[{\"architecture\":\"SCMP_ARCH_X86_64\"}]}")]
    [InlineData("{\"syscalls\":[{\"name\":\"read\",\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}")]
    [InlineData("{\"syscalls\":7}")]
    public void A_file_that_is_no_profile_is_refused(string text)
    {
        File.WriteAllText(Root["profile.json"], text);
        Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target("true") with { SecurityOptions = ["seccomp=" + Root["profile.json"]] }));
    }

    [Fact]
    public void The_default_profile_names_only_calls_that_exist_and_is_short()
    {
        var spec = SeccompProfile.Default.For(["CAP_SYS_ADMIN"]);
        var foreign = new[] { "arm_sync_file_range", "arm_fadvise64_64", "breakpoint", "cacheflush", "set_tls", "sync_file_range2", "riscv_hwprobe" };
        Assert.All(spec.Syscalls.SelectMany(call => call.Names).Except(foreign), name => Assert.True(SystemCallTable.IsKnown(name), name));
        var config = JsonSerializer.SerializeToUtf8Bytes(new RuntimeSpec { Linux = new LinuxSpec { Seccomp = spec } }, RuntimeSpecJson.Default.RuntimeSpec);
        Assert.True(config.Length < 16_000, $"{config.Length} bytes.");
    }

    private string Call(Container container, params string[] arguments) =>
        Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/target", "call", .. arguments] }).Output[0];
}
