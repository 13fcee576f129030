namespace ContainerChaos.Linux.Tests;

[Trait("Category", "Kernel")]
public sealed class PidFdTests
{
    [Fact]
    public void It_is_readable_when_its_process_has_ended()
    {
        var process = Shell.Target("pause");
        using var descriptor = PidFd.Open(process.Id);
        using var poll = new EventPoll();
        poll.Add(descriptor, EventPollFlags.EPOLLIN, 0);
        Assert.Equal(0, poll.Wait(TimeSpan.Zero, static (_, _) => { }));
        Assert.True(descriptor.SendSignal(9));
        Assert.Equal(1, poll.Wait(TimeSpan.FromSeconds(20), static (_, _) => { }));
        Shell.End(process);
    }

    [Fact]
    public void A_signal_to_a_process_that_was_reaped_says_so()
    {
        var process = Shell.Target("pause");
        using var descriptor = PidFd.Open(process.Id);
        Shell.End(process);
        Assert.False(descriptor.SendSignal(15));
        Assert.Null(PidFd.TryOpen(1 << 22));
    }

    [Fact]
    public void A_number_that_is_no_signal_is_an_error()
    {
        using var self = PidFd.Open(Environment.ProcessId);
        Assert.Equal(Errno.EINVAL, Assert.Throws<ErrnoException>(() => self.SendSignal(1000)).Errno);
    }

    [Theory]
    [InlineData(new[] { "exit", "42" }, 42)]
    [InlineData(new[] { "crash" }, 128 + 11)]
    public void Where_the_kernel_keeps_it_a_stranger_s_exit_code_is_read_after_it_was_reaped(string[] command, int expected)
    {
        // Held before it can end: the shell waits for its input first.
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", "read line; exec \"$0\" \"$@\"", TestRoot.TargetPath, .. command])
        {
            RedirectStandardInput = true,
        })!;
        using var descriptor = PidFd.Open(process.Id);
        Assert.NotEqual(PidFdExitInfo.Known, descriptor.TryReadExitInfo(out _));
        process.StandardInput.WriteLine();
        process.WaitForExit();

        var info = descriptor.TryReadExitInfo(out var exitCode);
        var kernel = Environment.OSVersion.Version;
        if (kernel.Major > 6 || (kernel.Major == 6 && kernel.Minor >= 15))
            Assert.Equal((PidFdExitInfo.Known, expected), (info, exitCode));
        else
            Assert.Equal(PidFdExitInfo.NotSupported, info);
    }

    [Theory]
    [InlineData(") R 1 (")]
    [InlineData("a b")]
    [InlineData("x)\n5 S (y")]
    public void A_process_may_have_any_name(string name)
    {
        using var root = new TestRoot();
        var program = root[name];
        File.Copy(TestRoot.TargetPath, program);
        var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, ["pause"]))!;
        try
        {
            // The kernel lets the parent go on a moment before the new program has its name.
            Assert.True(SpinWait.SpinUntil(() => ProcessStat.TryRead(process.Id, out var early) && early.Name == name, TimeSpan.FromSeconds(20)));
            Assert.True(ProcessStat.TryRead(process.Id, out var stat));
            Assert.Equal((process.Id, Environment.ProcessId, name), (stat.Pid, stat.ParentPid, stat.Name));
            var status = ProcessStatus.TryRead(process.Id)!;
            Assert.Equal((Environment.ProcessId, name.Replace("\n", "\\n")), (status.ParentPid, status.Name));
        }
        finally
        {
            Shell.End(process);
        }
    }
}
