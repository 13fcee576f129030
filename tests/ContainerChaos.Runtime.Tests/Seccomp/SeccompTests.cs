using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>linux.seccomp: the container's calls meet the filter, whatever else the container is.</summary>
public sealed class SeccompTests : ContainerTest
{
    // Calls by their numbers on x86-64; each is harmless, and permitted without a filter.
    private const string getpriority = "140", sched_yield = "24", keyctl = "250";

    private static readonly SeccompSyscallSpec NoPriority = new() { Names = ["getpriority"], Action = "SCMP_ACT_ERRNO", ErrnoRet = 100 };

    [Theory]
    [InlineData(true, 0u)]
    [InlineData(true, 1000u)]
    [InlineData(false, 0u)]
    [InlineData(false, 1000u)]
    public void A_filtered_call_fails_and_the_others_happen(bool noNewPrivileges, uint user)
    {
        var container = Filtered(
            new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [NoPriority] },
            ["seq", "call", getpriority, "0", "0", ";", "call", sched_yield, ";", "id"],
            process => process with { NoNewPrivileges = noNewPrivileges, User = new UserSpec { Uid = user, Gid = user } });
        container.Run();
        var output = container.Output();
        Assert.StartsWith("errno 100\n0\n", output);
        Assert.Contains($"NoNewPrivs={(noNewPrivileges ? 1 : 0)} Seccomp=2", output);
        // The capability that loads a filter is gone by then.
        Assert.Contains("CapBnd=00000000a80425fb", output);
    }

    [Fact]
    public void A_command_executed_in_it_meets_the_same_filter()
    {
        var container = Filtered(new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [NoPriority] }, ["pause"]);
        container.Start();
        Assert.Equal("errno 100\n", container.Execute("call", getpriority, "0", "0").Output);
        Assert.Equal("errno 100\n", container.Execute(DockerDefaults.Process(["/target", "call", getpriority, "0", "0"]) with { NoNewPrivileges = false }).Output);
    }

    [Theory]
    [InlineData("SCMP_ACT_KILL_PROCESS")]
    [InlineData("SCMP_ACT_TRAP")]
    public void A_killing_action_ends_the_process_by_SIGSYS(string action)
    {
        const int SIGSYS = 31;
        var container = Filtered(
            new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [new SeccompSyscallSpec { Names = ["getpriority"], Action = action }] },
            ["seq", "call", sched_yield, ";", "call", getpriority, "0", "0"]);
        var state = container.Run();
        Assert.Equal(128 + SIGSYS, state.ExitCode);
        Assert.Equal("0\n", container.Output());
    }

    [Theory]
    [InlineData("SCMP_ACT_KILL")]
    [InlineData("SCMP_ACT_KILL_THREAD")]
    public void A_killed_thread_leaves_the_process_to_its_other_threads(string action)
    {
        var container = Filtered(
            new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [new SeccompSyscallSpec { Names = ["getpriority"], Action = action }] },
            ["call", getpriority, "0", "0"]);
        container.Start();
        // The kernel tells nobody of a thread's end.
        Assert.True(SpinWait.SpinUntil(() => ProcessStat.TryRead(container.Pid, out var stat) && stat.State == 'Z', TimeSpan.FromSeconds(20)));
        Assert.Equal(ContainerStatus.Running, container.State.Status);
    }

    [Theory]
    [InlineData("SCMP_ACT_LOG", "0")]
    [InlineData("SCMP_ACT_ALLOW", "0")]
    [InlineData("SCMP_ACT_TRACE", "ENOSYS")] // without a tracer (seccomp(2))
    [InlineData("SCMP_ACT_ERRNO", "EPERM")]
    public void An_action_has_its_effect(string action, string expected)
    {
        var container = Filtered(
            new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW", Flags = ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC"], Syscalls = [new SeccompSyscallSpec { Names = ["sched_yield"], Action = action }] },
            ["call", sched_yield]);
        container.Run();
        Assert.Equal(expected + "\n", container.Output());
    }

    [Fact]
    public void Where_little_is_allowed_the_rest_fails_with_the_default_and_what_is_newer_does_not_exist()
    {
        var everything = SystemCallTable.Names.Where(name => SystemCallTable.TryFind(name, SeccompProgram.Native, out var number) && number < 440);
        var container = Filtered(
            new SeccompSpec
            {
                DefaultAction = "SCMP_ACT_ERRNO",
                DefaultErrnoRet = 6,
                Architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
                Syscalls = [new SeccompSyscallSpec { Names = [.. everything.Where(name => name != "getpriority"), "no_such_call"], Action = "SCMP_ACT_ALLOW" }],
            },
            ["seq", "call", getpriority, "0", "0", ";", "call", "450", ";", "call", sched_yield]);
        container.Run();
        Assert.Equal("ENXIO\nENOSYS\n0\n", container.Output());
    }

    [Fact]
    public void Several_conditions_on_different_arguments_must_all_hold_and_on_one_argument_any()
    {
        SeccompSyscallSpec Rule(string name, uint errno, params (uint Index, ulong Value)[] conditions) => new()
        {
            Names = [name],
            Action = "SCMP_ACT_ERRNO",
            ErrnoRet = errno,
            Args = [.. conditions.Select(c => new SeccompArgumentSpec { Index = c.Index, Value = c.Value, Op = "SCMP_CMP_EQ" })],
        };
        var container = Filtered(
            new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [Rule("getpriority", 93, (0, 0), (1, 7)), Rule("keyctl", 95, (0, 30), (0, 31))] },
            ["seq", "call", getpriority, "0", "7", ";", "call", getpriority, "0", "0", ";", "call", keyctl, "30", ";", "call", keyctl, "31", ";", "call", keyctl, "99"]);
        container.Run();
        var lines = container.Output().Split('\n');
        Assert.Equal(["EPROTONOSUPPORT", "EOPNOTSUPP", "EOPNOTSUPP"], [lines[0], lines[2], lines[3]]);
        // The priority itself, which is 20 less the nice value that the tests are run with.
        Assert.Matches("^[0-9]+$", lines[1]);
    }

    [Fact]
    public void A_filter_longer_than_the_kernel_takes_is_refused()
    {
        var condition = new SeccompArgumentSpec { Op = "SCMP_CMP_EQ" };
        Refuses("instructions, and the kernel takes 4096", new SeccompSpec
        {
            DefaultAction = "SCMP_ACT_ALLOW",
            Syscalls = [.. Enumerable.Range(0, 3000).Select(i => NoPriority with { Args = [condition with { Value = (ulong)i }] })],
        });
    }

    [Fact]
    public void A_field_that_makes_no_sense_is_named() =>
        Refuses("linux.seccomp.flags[0]: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs linux.seccomp.listenerPath", new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW", Flags = ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"] });

    [Fact]
    public void An_unknown_call_is_skipped_unless_an_annotation_forbids_it()
    {
        var spec = new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [NoPriority with { Names = ["no_such_call"] }] };
        Assert.Equal(0, Filtered(spec, ["true"]).Run().ExitCode);
        Refuses("linux.seccomp.syscalls[0].names: 'no_such_call' is not a system call", spec, new Dictionary<string, string> { ["run.oci.seccomp_fail_unknown_syscall"] = "1" });
    }

    private void Refuses(string message, SeccompSpec seccomp, IReadOnlyDictionary<string, string>? annotations = null)
    {
        var spec = DockerDefaults.Spec(Root.CgroupParent, ["/target"]);
        var error = Assert.Throws<ContainerException>(() => new ContainerLauncher(
            spec with { Annotations = annotations, Linux = spec.Linux! with { Seccomp = seccomp } },
            new LaunchOptions { RootPath = Root["root"] }, CgroupHost.Current.Group(Root.CgroupParent), "tested"));
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
        Assert.Contains(message, error.Message);
    }

    private TestContainer Filtered(SeccompSpec seccomp, string[] command, Func<ProcessSpec, ProcessSpec>? process = null) =>
        Create(command, null, spec => spec with { Process = process?.Invoke(spec.Process!) ?? spec.Process, Linux = spec.Linux! with { Seccomp = seccomp } });
}
