using System.Text.Json;
using Xunit;

namespace ContainerChaos.Target.Tests;

/// <summary>As PID 1 of its namespace, in a root with nothing but the program.</summary>
public sealed class InitTests
{
    [RootFact]
    public void It_is_pid_1_and_needs_no_proc()
    {
        using Service service = Service.StartAsInit();
        JsonElement info = service.GetJson("/info");

        Assert.Equal(1, info.GetProperty("pid").GetInt32());
        Assert.Equal(JsonValueKind.Null, info.GetProperty("rssBytes").ValueKind);
    }

    [RootFact]
    public void It_ends_on_SIGTERM()
    {
        using Service service = Service.StartAsInit();
        TargetProcess.Kill(service.Process.ChildPid(), TargetProcess.SIGTERM);

        Assert.Equal(0, service.Process.WaitForExit());
    }

    [RootFact]
    public void Without_a_handler_SIGTERM_has_no_effect()
    {
        using Service service = Service.StartAsInit("--no-handler");
        TargetProcess.Kill(service.Process.ChildPid(), TargetProcess.SIGTERM);

        Assert.Equal("default", service.GetJson("/info").GetProperty("sigterm").GetString());
        Assert.False(service.Process.HasExited);
    }

    [RootFact]
    public void Through_fork_app_SIGTERM_does_not_arrive()
    {
        using Service service = Service.StartAsInit("--fork-app");
        TargetProcess.Kill(service.Process.ChildPid(), TargetProcess.SIGTERM);
        JsonElement info = service.GetJson("/info");

        Assert.Equal(1, info.GetProperty("ppid").GetInt32());
        Assert.Empty(info.GetProperty("signals").EnumerateObject());
    }

    [RootFact]
    public void A_crash_kills_it_although_it_is_init()
    {
        using Service service = Service.StartAsInit();

        Assert.Throws<HttpRequestException>(() => service.Get("/crash"));
        Assert.Equal(128 + 11, service.Process.WaitForExit());
    }

    [RootFact]
    public void Orphans_become_its_zombies()
    {
        using Service service = Service.StartAsInit();
        int pid = service.Process.ChildPid();
        service.GetJson("/orphans?n=5&ms=1");

        Assert.True(SpinWait.SpinUntil(() => Zombies(pid) == 5, TargetProcess.Patience), $"{Zombies(pid)} zombies");
    }

    [RootFact(needsPidsController: true)]
    public void A_full_process_table_is_reported_by_its_errno_and_survived()
    {
        using var limit = new PidsLimit(8);
        using Service service = Service.StartAsInitUnder(limit.Launcher);
        JsonElement made = service.GetJson("/zombies?n=50");

        Assert.Equal("EAGAIN", made.GetProperty("error").GetString());
        Assert.InRange(made.GetProperty("created").GetInt32(), 1, 7);
        Assert.Equal("EAGAIN", service.GetJson("/cpu?threads=1").GetProperty("error").GetString());
        Assert.Equal("ok\n", service.Get("/healthz").Body);
    }

    private static int Zombies(int parent) => File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Count(pid => File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal));
}
