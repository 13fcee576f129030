using Xunit;

namespace ContainerChaos.Target.Tests;

public sealed class CommandTests
{
    [Theory]
    [InlineData(0, "true")]
    [InlineData(1, "false")]
    [InlineData(42, "exit", "42")]
    [InlineData(139, "crash")]
    [InlineData(3, "seq", "echo", "a", ";", "exit", "3")]
    [InlineData(139, "seq", "crash")]
    public void The_exit_code_is_the_one_asked_for(int code, params string[] arguments) => Assert.Equal(code, TargetProcess.Run(arguments).Code);

    [Theory]
    [InlineData("nonsense")]
    [InlineData("serve", "--nonsense")]
    [InlineData("serve", "--port", "99999")]
    [InlineData("serve", "--term-delay", "soon")]
    [InlineData("exit", "256")]
    [InlineData("kill", "NOSUCH", "1")]
    public void A_bad_command_line_ends_with_2_and_says_why(params string[] arguments)
    {
        (int code, string output, string errors) = TargetProcess.Run(arguments);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains("see target --help", errors);
    }

    [Fact]
    public void Help_names_every_command_and_endpoint()
    {
        string help = TargetProcess.Run("--help").Output;

        Assert.All(["serve", "--fork-app", "--term-delay", "/crash", "/healthz", "/orphans", "sleep", "seq"], name => Assert.Contains(name, help));
    }

    [Theory]
    [InlineData(0, "0", "24")] // sched_yield
    [InlineData(1, "EBADF", "3", "999")] // close
    [InlineData(1, "ENOENT", "80", "@/does/not/exist")] // chdir
    [InlineData(1, "ENOSYS", "0x1fffffff")]
    public void Call_prints_what_the_kernel_says(int code, string printed, params string[] call) =>
        Assert.Equal((code, printed, ""), TargetProcess.Run(["call", .. call]));

    [Theory]
    [InlineData(2)]
    [InlineData(1, "READY=1")]
    public void Notify_needs_fields_and_somebody_to_tell(int code, params string[] fields) => Assert.Equal(code, TargetProcess.Run(["notify", .. fields]).Code);

    [Fact]
    public void Echo_prints_its_arguments_as_one_line() => Assert.Equal("zwei Wörter", TargetProcess.Run("echo", "zwei", "Wörter").Output);

    [Fact]
    public void Seq_goes_on_after_a_failure() => Assert.Equal("a\nb", TargetProcess.Run("seq", "echo", "a", ";", "false", ";", "echo", "b").Output);

    [Fact]
    public void Files_are_written_read_listed_and_removed()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("target-");
        string file = Path.Combine(directory.FullName, "note");

        Assert.Equal(0, TargetProcess.Run("write", file, "one").Code);
        Assert.Equal(0, TargetProcess.Run("append", file, "two").Code);
        Assert.Equal("one\ntwo", TargetProcess.Run("cat", file).Output);
        Assert.Equal("note", TargetProcess.Run("ls", directory.FullName).Output);
        Assert.Contains("type=file mode=0644 uid=", TargetProcess.Run("stat", file).Output);
        Assert.Equal(0, TargetProcess.Run("rm", file).Code);
        Assert.Equal((1, "", $"target: cat {file}: ENOENT"), TargetProcess.Run("cat", file));
        directory.Delete();
    }

    [Fact]
    public void Id_shows_the_capabilities_of_the_kernel_s_status_file()
    {
        string output = TargetProcess.Run("id").Output;
        string effective = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal)).Split('\t')[1];

        Assert.Contains($"CapEff={effective}", output);
        Assert.Contains($"uid={(Environment.UserName == "root" ? "0" : "")}", output);
    }

    [Fact]
    public void Pause_leaves_every_signal_of_the_user_at_its_default()
    {
        const ulong UserSignals = 1UL << 0 | 1UL << 1 | 1UL << 2 | 1UL << 9 | 1UL << 11 | 1UL << 14 | 1UL << 16;
        using TargetProcess process = TargetProcess.Start("pause");
        Assert.True(SpinWait.SpinUntil(() => IsInPause(process.Pid), TargetProcess.Patience));

        Assert.Equal(0UL, TargetProcess.SignalMask(process.Pid, "SigCgt") & UserSignals);
        process.Signal(TargetProcess.SIGTERM);
        Assert.Equal(128 + TargetProcess.SIGTERM, process.WaitForExit());
    }

    [Fact]
    public void Signals_prints_what_it_gets()
    {
        using TargetProcess process = TargetProcess.Start("signals");
        Assert.Equal("ready", process.NextLine());

        process.Signal(1);
        Assert.Equal("SIGHUP", process.NextLine());
        process.Signal(TargetProcess.SIGTERM);
        Assert.Equal("SIGTERM", process.NextLine());
        process.Signal(TargetProcess.SIGTERM);
        Assert.Equal("SIGTERM", process.NextLine());
        Assert.Equal(0, process.WaitForExit());
    }

    // proc_pid_syscall(5): the number of the system call it is blocked in; 34 is pause(2) on x86-64.
    private static bool IsInPause(int pid) => File.ReadAllText($"/proc/{pid}/syscall").StartsWith("34 ", StringComparison.Ordinal);
}
