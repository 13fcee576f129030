using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests.Hardening;

/// <summary>A first process whose leader has ended and whose other threads go on: a zombie to those who look at its state, and yet alive.</summary>
public sealed class HalfDeadInitTests : ContainerTest
{
    // exit(2) of the main thread alone; the runtime of the program has another one.
    private static readonly string[] HalfDeath = ["call", "60", "0"];

    [Fact]
    public void Its_container_runs_until_it_is_killed_and_nothing_hangs()
    {
        var bundle = new Bundle(Root, HalfDeath);
        bundle.Launch();
        Bundle.AwaitZombie(bundle.Pid);
        Assert.Contains("\"running\"", bundle.Run("state", bundle.Id).Output);
        Assert.NotEqual(0, bundle.Run("start", bundle.Id).Code);
        Assert.NotEqual(0, bundle.Run("delete", bundle.Id).Code);
        Assert.Equal(0, bundle.Run("kill", bundle.Id, "KILL").Code);
        TestContainer.AwaitEnd(bundle.Pid);
        bundle.Delete();
    }

    [Fact]
    public void It_is_deleted_by_force()
    {
        var bundle = new Bundle(Root, HalfDeath);
        bundle.Launch();
        Bundle.AwaitZombie(bundle.Pid);
        bundle.Delete();
    }

    [Fact]
    public void It_is_deleted_though_a_process_of_its_namespace_is_not_reaped_outside()
    {
        const int SIGSTOP = 19, SIGCONT = 18;
        var bundle = new Bundle(Root, HalfDeath);
        bundle.Launch();
        Bundle.AwaitZombie(bundle.Pid);
        // What the end of PID 1 waits for is this one's child, in another of its threads than the first.
        using var parent = Process.Start(new ProcessStartInfo("nsenter", ["--target", $"{bundle.Pid}", "--pid", "sh", "-c", "echo there; exec sleep 1000"])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("there", parent.StandardOutput.ReadLine());
        using var signals = PidFd.Open(parent.Id);
        signals.SendSignal(SIGSTOP);
        try
        {
            Assert.Equal((0, "", ""), bundle.Run("delete", "--force", bundle.Id));
        }
        finally
        {
            signals.SendSignal(SIGCONT);
        }
        parent.WaitForExit();
        Bundle.Reap(bundle.Pid);
    }

    [Fact]
    public void A_monitor_stops_it()
    {
        var container = Create(HalfDeath);
        container.Start();
        Bundle.AwaitZombie(container.Pid);
        Assert.Equal(ContainerStatus.Running, container.State.Status);
        using (var client = container.Connect())
            client.Stop(TimeSpan.FromMilliseconds(200), Patience.Token);
        Assert.Equal(ContainerStatus.Exited, container.State.Status);
        Assert.Equal(128 + 9, container.State.ExitCode);
    }
}
