using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>What the command is when it starts: identity, privileges, descriptors, signals.</summary>
public sealed class ProcessTests : ContainerTest
{
    // The 14 of Docker's default set as bits (linux/capability.h).
    private const ulong DockerSet = 0x00000000a80425fb;

    [Fact]
    [Trait("Category", "Kernel")]
    public void The_capabilities_are_Docker_s_default_and_no_others()
    {
        var status = Status(Started("pause"));
        // What this host lacks itself, nobody can be given.
        var available = DockerSet & Hex(File.ReadLines("/proc/self/status"), "CapPrm");
        Assert.Equal((available, available, DockerSet), (Hex(status, "CapPrm"), Hex(status, "CapEff"), Hex(status, "CapBnd") | (DockerSet & ~available)));
        Assert.Equal((0UL, 0UL), (Hex(status, "CapInh"), Hex(status, "CapAmb")));
        Assert.Equal("NoNewPrivs:\t1", status.Single(line => line.StartsWith("NoNewPrivs", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_command_that_is_executed_later_has_no_more_privileges()
    {
        var container = Started("pause");
        var own = Status(container);
        var executed = container.Execute("cat", "/proc/self/status").Output.Split('\n');
        foreach (var set in new[] { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" })
            Assert.Equal(Hex(own, set), Hex(executed, set));
        Assert.Contains("NoNewPrivs:\t1", executed);
        Assert.Contains("SigBlk:\t0000000000000000", executed);
    }

    [Fact]
    public void Without_capabilities_in_the_spec_there_are_none()
    {
        var container = Create(["pause"], null, spec => spec with { Process = spec.Process! with { Capabilities = null } });
        container.Start();
        Assert.All(new[] { "CapPrm", "CapEff", "CapBnd", "CapInh", "CapAmb" }, set => Assert.Equal(0UL, Hex(Status(container), set)));
    }

    [Fact]
    public void A_user_other_than_root_keeps_no_capability_but_the_ambient_ones()
    {
        var container = Create(["pause"], null, spec => spec with
        {
            Process = spec.Process! with
            {
                User = new UserSpec { Uid = 1000, Gid = 1001, AdditionalGids = [5, 44] },
                Capabilities = spec.Process.Capabilities! with { Inheritable = ["CAP_NET_BIND_SERVICE"], Ambient = ["CAP_NET_BIND_SERVICE"] },
            },
        });
        container.Start();
        var status = Status(container);
        Assert.Equal((0x400UL, 0x400UL), (Hex(status, "CapEff"), Hex(status, "CapPrm")));
        Assert.Contains("Uid:\t1000\t1000\t1000\t1000", status);
        Assert.Contains("Gid:\t1001\t1001\t1001\t1001", status);
        Assert.Contains("Groups:\t5 44", status.Select(line => line.TrimEnd()));
    }

    [Fact]
    public void What_can_t_be_granted_is_left_out_and_the_rest_is_granted()
    {
        var container = Create(["pause"], null, spec => spec with
        {
            Process = spec.Process! with
            {
                User = new UserSpec { Uid = 1000, Gid = 1000 },
                Capabilities = new CapabilitiesSpec
                {
                    Bounding = ["CAP_KILL", "CAP_CHOWN", "CAP_UNICORN"],
                    Permitted = ["CAP_KILL"],
                    Effective = ["CAP_KILL", "CAP_CHOWN"],
                    Inheritable = ["CAP_KILL", "CAP_SYSLOG"],
                    Ambient = ["CAP_KILL", "CAP_CHOWN", "CAP_SYSLOG"],
                },
            },
        });
        container.Start();
        var status = Status(container);
        Assert.Equal((0x21UL, 0x20UL, 0x20UL, 0x20UL, 0x20UL), (Hex(status, "CapBnd"), Hex(status, "CapPrm"), Hex(status, "CapEff"), Hex(status, "CapInh"), Hex(status, "CapAmb")));
    }

    [Fact]
    public void Root_has_no_supplementary_group_of_the_host()
    {
        var status = Status(Started("pause"));
        Assert.Contains("Groups:", status.Select(line => line.TrimEnd()));
        Assert.Contains("Umask:\t0022", status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Category", "Kernel")]
    public void There_is_no_descriptor_but_the_three_streams(bool init)
    {
        var container = Create(["signals"], definition => definition with { Init = init });
        container.Start();
        // While it starts, the program's own runtime has files open.
        container.WaitForOutput("ready");
        foreach (var pid in init ? new[] { container.Pid, ChildOf(container.Pid) } : [container.Pid])
        {
            Assert.Equal(
                ["0 /dev/null", $"1 {container.Paths.StandardOutput}", $"2 {container.Paths.StandardError}"],
                Directory.GetFiles($"/proc/{pid}/fd").Order().Select(file => $"{Path.GetFileName(file)} {File.ResolveLinkTarget(file, false)}"));
        }
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void Every_signal_has_its_default_disposition_and_none_is_blocked()
    {
        // Read of a program without a runtime of its own, which would set its own handlers: the host's busybox, where it is static.
        var busybox = new FileInfo("/bin/busybox").ResolveLinkTarget(true)?.FullName ?? "/bin/busybox";
        if (!File.Exists(busybox))
            return;
        var container = Create(["/busybox", "sleep", "1000"], null);
        File.Copy(busybox, Path.Combine(container.Paths.Upper, "busybox"));
        container.Start();
        var status = ProcessStatus.TryRead(container.Pid)!;
        Assert.Equal((0UL, 0UL, 0UL), (status.BlockedSignals, status.IgnoredSignals, status.CaughtSignals));
    }

    [Fact]
    public void Stdin_is_at_its_end()
    {
        var container = Create("cat", "/dev/stdin");
        Assert.Equal(0, container.Run().ExitCode);
        Assert.Equal("", container.Output());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1000u)]
    public void Any_user_may_open_the_standard_streams_by_name(uint user)
    {
        // What an image does whose log file is a link to /dev/stdout.
        var container = Create(["seq", "append", "/dev/stdout", "to stdout", ";", "append", "/dev/stderr", "to stderr"], null, spec => spec with
        {
            Process = spec.Process! with { User = new UserSpec { Uid = user, Gid = user } },
        });
        var state = container.Run();
        Assert.Equal((0, "to stdout\n", "to stderr\n"), (state.ExitCode, container.Output(), container.Output("stderr")));
    }

    [Fact]
    public void The_environment_is_the_spec_s_and_nothing_else()
    {
        var container = Create(["env"], null, spec => spec with { Process = spec.Process! with { Env = ["A=1", "B=two words", "EMPTY=", "HOME=/x"] } });
        container.Run();
        Assert.Equal("A=1\nB=two words\nEMPTY=\nHOME=/x\n", container.Output());
    }

    [Fact]
    public void Resource_limits_are_set()
    {
        var container = Create(["pause"], null, spec => spec with
        {
            Process = spec.Process! with { Rlimits = [new RlimitSpec { Type = "RLIMIT_NOFILE", Soft = 100, Hard = 200 }, new RlimitSpec { Type = "RLIMIT_CORE", Soft = 0, Hard = 0 }] },
        });
        container.Start();
        Assert.Matches(@"Max open files\s+100\s+200", File.ReadAllText($"/proc/{container.Pid}/limits"));
        Assert.Matches(@"Max core file size\s+0\s+0", File.ReadAllText($"/proc/{container.Pid}/limits"));
    }

    [Fact]
    public void The_OOM_score_adjustment_is_set()
    {
        var container = Create(["pause"], null, spec => spec with { Process = spec.Process! with { OomScoreAdj = 500 } });
        container.Start();
        Assert.Equal("500\n", File.ReadAllText($"/proc/{container.Pid}/oom_score_adj"));
    }

    [Fact]
    public void A_working_directory_that_is_missing_is_made()
    {
        var container = Create(["write", "here", "x"], null, spec => spec with { Process = spec.Process! with { Cwd = "/srv/deep/er" } });
        Assert.Equal(0, container.Run().ExitCode);
        Assert.True(File.Exists(Path.Combine(container.Paths.Upper, "srv/deep/er/here")));
    }

    [Fact]
    public void A_working_directory_that_is_a_file_is_an_error()
    {
        var container = Create(["true"], null, spec => spec with { Process = spec.Process! with { Cwd = "/target" } });
        Assert.Equal(ErrorReason.StartFailed, Fails(container).Reason);
    }

    [Fact]
    public void The_way_to_the_init_s_own_program_is_closed()
    {
        // PID 1 is a clone of ccrun: a container that could open it there would have the host's file in its hands.
        var container = Create(["pause"], definition => definition with { Init = true });
        container.Start();
        Assert.Matches("EACCES|EPERM", container.Execute("cat", "/proc/1/exe").Errors);
        Assert.Matches("EACCES|EPERM", container.Execute("ls", "/proc/1/root/", "/proc/1/cwd/").Errors);
        Assert.DoesNotContain("ccrun", container.Execute("cat", "/proc/1/cmdline", "/proc/1/comm").Output);
        Assert.DoesNotContain("ccrun", container.Execute("ps").Output);
    }

    [Theory]
    [InlineData("/missing", ErrorReason.CommandNotFound, 127)]
    [InlineData("/target/missing", ErrorReason.CommandNotFound, 127)]
    [InlineData("/script", ErrorReason.CommandNotFound, 127)]
    [InlineData("/text", ErrorReason.CommandNotExecutable, 126)]
    [InlineData("/garbage", ErrorReason.CommandNotExecutable, 126)]
    [InlineData("/directory", ErrorReason.CommandNotExecutable, 126)]
    public void A_command_that_can_t_be_executed_has_Docker_s_exit_code_and_leaves_nothing(string command, ErrorReason reason, int exitCode)
    {
        foreach (var init in new[] { false, true })
        {
            var container = Create([command], definition => definition with { Init = init });
            Fill(container.Paths.Upper);
            var error = Fails(container);
            Assert.Equal((reason, exitCode), (error.Reason, error.ExitCode));
            Assert.Contains(command, error.Message);
            Assert.NotNull(error.Remedy);
            Assert.Equal((ContainerStatus.Created, exitCode), (container.State.Status, container.State.ExitCode));
            Assert.False(container.Cgroup.Exists);
            Assert.False(Directory.Exists(container.Paths.RunDirectory));
        }
    }

    [Fact]
    public void A_command_without_a_slash_is_looked_up_in_its_PATH()
    {
        var container = Create(["/x"], null, spec => spec with { Process = spec.Process! with { Args = ["target", "echo", "found"], Env = ["PATH=/nowhere:/text:/"] } });
        Assert.Equal(0, container.Run().ExitCode);
        Assert.Equal("found\n", container.Output());

        var missing = Create(["/x"], null, spec => spec with { Process = spec.Process! with { Args = ["nosuch"] } });
        var error = Fails(missing);
        Assert.Equal(ErrorReason.CommandNotFound, error.Reason);
        Assert.Contains("PATH", error.Remedy);
    }

    [Fact]
    public void A_file_in_the_PATH_that_is_not_executable_is_126_and_not_127()
    {
        var container = Create(["/x"], null, spec => spec with { Process = spec.Process! with { Args = ["text"], Env = ["PATH=/:/nowhere"] } });
        Fill(container.Paths.Upper);
        Assert.Equal(126, Fails(container).ExitCode);
    }

    [Fact]
    public void A_spec_without_a_command_is_refused()
    {
        var container = Create(["/x"], null, spec => spec with { Process = spec.Process! with { Args = [] } });
        Assert.Equal(ErrorReason.InvalidArgument, Fails(container).Reason);
    }

    [Fact]
    public void A_spec_that_is_not_JSON_is_named()
    {
        var container = Create("true");
        File.WriteAllText(container.Paths.Spec, "{");
        var error = Fails(container);
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
        Assert.Contains(container.Paths.Spec, error.Message);
    }

    private static ContainerException Fails(TestContainer container) => Assert.Throws<ContainerException>(() => container.Start());

    private static void Fill(string root)
    {
        File.WriteAllText(Path.Combine(root, "text"), "no program\n");
        File.WriteAllText(Path.Combine(root, "script"), "#!/no/such/interpreter\n");
        File.WriteAllBytes(Path.Combine(root, "garbage"), [1, 2, 3, 4, 5, 6, 7, 8]);
        foreach (var file in new[] { "script", "garbage" })
            File.SetUnixFileMode(Path.Combine(root, file), (UnixFileMode)0x1ED /* 0755 */);
        Directory.CreateDirectory(Path.Combine(root, "directory"));
    }

    private static string[] Status(TestContainer container) => File.ReadAllLines($"/proc/{container.Pid}/status");

    private static int ChildOf(int pid) => int.Parse(File.ReadAllText($"/proc/{pid}/task/{pid}/children").Trim());

    private static ulong Hex(IEnumerable<string> status, string field) =>
        Convert.ToUInt64(status.Single(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split('\t')[1], 16);
}
