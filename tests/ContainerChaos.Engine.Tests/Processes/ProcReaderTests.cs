using System.Text;
using ContainerChaos.Linux;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class ProcReaderTests
{
    [Fact]
    public void Stat_fields_are_counted_from_the_last_parenthesis()
    {
        const string text = "4242 (a) R (b) 1) S 17 4242 4242 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 987654321 1000 25 18446744073709551615\n";

        Assert.True(ProcessStat.TryParse(Encoding.UTF8.GetBytes(text), out var stat));
        Assert.Equal((4242, "a) R (b) 1", 'S', 17, 3, 987654321UL), (stat.Pid, stat.Name, stat.State, stat.ParentPid, stat.Threads, stat.StartTime));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1 (x)")]
    [InlineData("1 (x) S")]
    [InlineData("1 (x) S 1 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 3 0")]
    [InlineData("x (x) S 1 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 3 0 5 1\n")]
    [InlineData("1 (x) SS 1 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 3 0 5 1\n")]
    public void A_stat_that_is_cut_off_is_none(string text) => Assert.False(ProcessStat.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void The_status_of_a_process_in_a_namespace_is_read()
    {
        const string text = """
            Name:	a:b c
            Umask:	0022
            State:	S (sleeping)
            Tgid:	4242
            Pid:	4242
            PPid:	17
            Uid:	1000	1000	1000	1000
            NSpid:	4242	1
            VmRSS:	    2976 kB
            Threads:	3
            ShdPnd:	0000000000000200
            SigBlk:	0000000000000001
            SigIgn:	0000000000001000
            SigCgt:	fffffffc00004002
            """;

        var status = ProcessStatus.Parse(Encoding.UTF8.GetBytes(text));

        Assert.Equal(("a:b c", 'S', 17, 1000, 2976L * 1024, 3), (status.Name, status.State, status.ParentPid, status.UserId, status.RssBytes, status.Threads));
        Assert.Equal([4242, 1], status.NamespacePids);
        Assert.Equal((0x200UL, 1UL, 0x1000UL, 0xfffffffc00004002UL), (status.PendingSignals, status.BlockedSignals, status.IgnoredSignals, status.CaughtSignals));
    }

    [Fact]
    public void This_process_is_read_as_the_kernel_shows_it()
    {
        Assert.True(ProcessStat.TryRead(Environment.ProcessId, out var stat));
        Assert.Equal(Environment.ProcessId, stat.Pid);
        Assert.Equal(stat.StartTime, ProcessStat.TryReadStartTime(Environment.ProcessId));
        var started = SystemUptime.ToTime(SystemUptime.ReadBootTime(), stat.StartTime);
        Assert.Equal(System.Diagnostics.Process.GetCurrentProcess().StartTime.ToUniversalTime(), started.UtcDateTime, TimeSpan.FromSeconds(2));
        Assert.Equal(stat.ParentPid, ProcessStatus.TryRead(Environment.ProcessId)!.ParentPid);
        Assert.Contains(Environment.ProcessId, ProcessList.Pids());
        Assert.All(new[] { "pid", "mnt", "net" }, type => Assert.True(ProcessNamespace.TryReadInode(Environment.ProcessId, type, out var inode) && inode != 0));
    }

    [Fact]
    public void A_process_that_is_not_there_is_an_answer_and_no_error()
    {
        const int none = 1 << 22; // beyond PID_MAX_LIMIT

        Assert.False(ProcessStat.TryRead(none, out _));
        Assert.Null(ProcessStatus.TryRead(none));
        Assert.False(ProcessNamespace.TryReadPidNamespace(none, out _));
        Assert.Null(ProcessStat.TryReadStartTime(none));
    }
}
