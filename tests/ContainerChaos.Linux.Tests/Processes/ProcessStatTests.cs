using System.Diagnostics;

namespace ContainerChaos.Linux.Tests;

public sealed class ProcessStatTests
{
    [Theory]
    [InlineData("exit 42", 42)]
    [InlineData("exit 0", 0)]
    [InlineData("kill -9 $$", 137)]
    public void A_process_that_nobody_has_reaped_tells_its_exit_code(string end, int code)
    {
        // sleep(1) does not reap the child that it has from the shell that it was.
        using var parent = Process.Start("/bin/sh", ["-c", $"sh -c '{end}' & exec sleep 60"]);
        try
        {
            ProcessStat child = default;
            Assert.True(SpinWait.SpinUntil(() => TryFindZombie(parent.Id, out child), TimeSpan.FromSeconds(20)));
            Assert.Equal(code, ProcessStat.TryReadExitCode(child.Pid, child.StartTime));
            // Another process of the same PID, and one that runs.
            Assert.Null(ProcessStat.TryReadExitCode(child.Pid, child.StartTime + 1));
            Assert.Null(ProcessStat.TryReadExitCode(parent.Id, ProcessStat.TryReadStartTime(parent.Id)!.Value));
        }
        finally
        {
            parent.Kill();
            parent.WaitForExit();
        }
    }

    private static bool TryFindZombie(int parent, out ProcessStat zombie)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out var pid) && ProcessStat.TryRead(pid, out zombie) && zombie.ParentPid == parent && zombie.State == 'Z')
                return true;
        }
        zombie = default;
        return false;
    }
}
