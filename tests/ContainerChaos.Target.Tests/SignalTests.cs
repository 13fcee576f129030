using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Xunit;

namespace ContainerChaos.Target.Tests;

public sealed class SignalTests
{
    private const ulong Term = 1UL << (TargetProcess.SIGTERM - 1);

    [Theory]
    [InlineData(2, "SIGINT")]
    [InlineData(3, "SIGQUIT")]
    [InlineData(15, "SIGTERM")]
    public void Serve_ends_at_once_and_removes_its_socket(int signal, string name)
    {
        using Service service = Service.Start();
        service.Process.Signal(signal);

        Assert.Equal($"target: {name} received, ending", service.Process.NextLine());
        Assert.Equal(0, service.Process.WaitForExit());
        Assert.False(File.Exists(Path.Combine(service.Directory, "http.sock")));
    }

    [Fact]
    public void The_handler_is_seen_as_one_by_the_kernel()
    {
        using Service service = Service.Start();

        Assert.Equal("handled", service.GetJson("/info").GetProperty("sigterm").GetString());
        Assert.Equal(Term, TargetProcess.SignalMask(service.Process.Pid, "SigCgt") & Term);
    }

    [Fact]
    public async Task A_signal_reaches_a_loop_that_is_never_idle()
    {
        using Service service = Service.Start();
        Task<HttpResponseMessage> endless = service.GetAsync("/fill?mb=0&path=/dev/null");
        service.GetJson("/cpu?threads=2&seconds=0");
        service.InfoWhere(info => info.GetProperty("filledBytes").GetInt64() > 0);
        service.Process.Signal(TargetProcess.SIGTERM);

        Assert.Equal(0, service.Process.WaitForExit());
        await Assert.ThrowsAsync<HttpRequestException>(() => endless);
    }

    [Fact]
    public void With_ignore_term_the_signal_is_dropped_by_the_kernel()
    {
        using Service service = Service.Start("--ignore-term");
        service.Process.Signal(TargetProcess.SIGTERM);

        Assert.Equal("ignored", service.GetJson("/info").GetProperty("sigterm").GetString());
        Assert.Equal(Term, TargetProcess.SignalMask(service.Process.Pid, "SigIgn") & Term);
    }

    [Fact]
    public void With_no_handler_the_default_action_kills_a_process_that_is_not_init()
    {
        using Service service = Service.Start("--no-handler");
        Assert.Equal(0UL, TargetProcess.SignalMask(service.Process.Pid, "SigCgt") & Term);
        Assert.Equal(0UL, TargetProcess.SignalMask(service.Process.Pid, "SigIgn") & Term);
        service.Process.Signal(TargetProcess.SIGTERM);

        Assert.Equal(128 + TargetProcess.SIGTERM, service.Process.WaitForExit());
    }

    [Fact]
    public void With_term_delay_it_serves_until_the_delay_is_over()
    {
        using Service service = Service.Start("--term-delay", "500ms");
        long start = Environment.TickCount64;
        service.Process.Signal(TargetProcess.SIGTERM);
        Assert.Equal("target: SIGTERM received, ending in 0.5 s", service.Process.NextLine());

        Assert.Equal(1, service.GetJson("/info").GetProperty("signals").GetProperty("SIGTERM").GetInt32());
        Assert.Equal(0, service.Process.WaitForExit());
        Assert.InRange(Environment.TickCount64 - start, 490, 5000);
    }

    [Fact]
    public async Task With_drain_it_answers_to_the_end_and_ends_when_its_clients_have_left()
    {
        using Service service = Service.Start("--drain", "10s");
        Task<HttpResponseMessage> slow = service.GetAsync("/work?ms=1000");
        while (service.GetJson("/info").GetProperty("connections").GetInt32() < 2)
        {
        }

        service.Process.Signal(TargetProcess.SIGTERM);
        Assert.Equal("target: SIGTERM received, ending when the clients have left, who are sent away in 10 s", service.Process.NextLine());
        using HttpResponseMessage late = await service.GetAsync("/healthz");
        Assert.True(late.Headers.ConnectionClose);
        using HttpResponseMessage answer = await slow;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, service.Process.WaitForExit());
    }

    [Fact]
    public void With_drain_a_client_that_asks_nothing_is_sent_away()
    {
        using Service service = Service.Start("--drain", "200ms");
        using Socket idle = service.Connect();
        idle.ReceiveTimeout = 10_000;
        service.Process.Signal(TargetProcess.SIGTERM);
        Assert.Equal(0, idle.Receive(new byte[16]));
        // It waits for the client's end, so that there is none whose end the client has not heard.
        Assert.False(service.Process.HasExited);
        idle.Dispose();
        Assert.Equal(0, service.Process.WaitForExit());
    }

    [Fact]
    public void With_fork_app_the_service_is_a_child_that_gets_no_signal()
    {
        using Service service = Service.Start("--fork-app");
        JsonElement info = service.GetJson("/info");
        Assert.Equal(service.Process.Pid, info.GetProperty("ppid").GetInt32());
        int child = info.GetProperty("pid").GetInt32();

        try
        {
            service.Process.Signal(TargetProcess.SIGTERM);

            Assert.Equal(128 + TargetProcess.SIGTERM, service.Process.WaitForExit());
            Assert.Equal("ok\n", service.Get("/healthz").Body);
        }
        finally
        {
            TargetProcess.Kill(child, TargetProcess.SIGKILL);
        }
    }

    [Fact]
    public void With_fork_app_the_child_s_exit_code_is_passed_on()
    {
        using Service service = Service.Start("--fork-app");
        service.Get("/exit?code=17");

        Assert.Equal(17, service.Process.WaitForExit());
    }
}
