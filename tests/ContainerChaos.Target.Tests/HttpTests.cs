using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace ContainerChaos.Target.Tests;

public sealed class HttpTests
{
    private const string Get = "GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n";
    private const string LastGet = "GET /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";

    [Fact]
    public async Task It_listens_on_a_port_and_a_socket_at_once()
    {
        using Service service = Service.Start("--port", "0");
        string line = service.Process.NextLine();
        Assert.StartsWith("target: listening on http://0.0.0.0:", line);
        using var client = new HttpClient();

        Assert.Equal("ok\n", await client.GetStringAsync($"http://127.0.0.1:{line[(line.LastIndexOf(':') + 1)..]}/healthz"));
        Assert.Equal("ok\n", service.Get("/healthz").Body);
    }

    [Fact]
    public void The_get_command_is_a_health_probe()
    {
        using Service service = Service.Start();
        string socket = Path.Combine(service.Directory, "http.sock");

        Assert.Equal((0, "ok", ""), TargetProcess.Run("get", "--unix", socket));
        Assert.Equal(1, TargetProcess.Run("get", "--unix", socket, "/nope").Code);
        Assert.Contains("ENOENT", TargetProcess.Run("get", "--unix", socket + "x").Errors);
    }

    [Fact]
    public void A_killed_server_s_socket_is_replaced_and_a_live_one_s_is_not()
    {
        using Service service = Service.Start();
        string socket = Path.Combine(service.Directory, "http.sock");
        (int code, _, string errors) = TargetProcess.Run("serve", "--unix", socket);
        Assert.Equal(1, code);
        Assert.Contains("EADDRINUSE", errors);

        service.Process.Signal(TargetProcess.SIGKILL);
        service.Process.WaitForExit();
        using TargetProcess next = TargetProcess.Start("serve", "--unix", socket);
        Assert.Equal($"target: listening on unix:{socket}", next.NextLine());
    }

    [Fact]
    public async Task Work_does_not_hold_up_other_requests()
    {
        using Service service = Service.Start();
        var clock = Stopwatch.StartNew();
        Task<HttpResponseMessage>[] slow = [.. Enumerable.Range(0, 50).Select(_ => service.GetAsync("/work?ms=300"))];
        Assert.Equal("ok\n", service.Get("/healthz").Body);
        long quick = clock.ElapsedMilliseconds;
        HttpResponseMessage[] answers = await Task.WhenAll(slow);

        Assert.InRange(quick, 0, 250);
        Assert.InRange(clock.ElapsedMilliseconds, 295, 3000);
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public void Pipelined_requests_are_answered_in_order_also_behind_one_that_waits()
    {
        using Service service = Service.Start();
        string answers = service.Exchange("GET /work?ms=50 HTTP/1.1\r\nHost: t\r\n\r\n" + Get + "GET /nope HTTP/1.1\r\nHost: t\r\n\r\n" + LastGet);

        Assert.Equal(["200", "200", "404", "200"], answers.Split("HTTP/1.1 ")[1..].Select(answer => answer[..3]));
        Assert.Contains("{\"ms\": 50}", answers.Split("HTTP/1.1 ")[1]);
    }

    [Fact]
    public void A_request_may_come_byte_by_byte()
    {
        using Service service = Service.Start();
        using Socket socket = service.Connect();
        foreach (byte b in Encoding.ASCII.GetBytes(LastGet)) socket.Send([b]);

        Assert.EndsWith("ok\n", Service.ReadToEnd(socket));
    }

    [Fact]
    public async Task Ten_thousand_pipelined_requests_from_a_client_that_reads_late_are_all_answered()
    {
        using Service service = Service.Start();
        using Socket socket = service.Connect();
        const int Count = 10_000;
        Task<string> answers = Task.Run(() =>
        {
            // The requests fill both socket buffers long before they are all sent, so the server has to wait for its reader.
            service.InfoWhere(info => info.GetProperty("requests").GetInt64() > 100);
            return Service.ReadToEnd(socket);
        });
        socket.Send(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Get, Count - 1)) + LastGet));

        Assert.Equal(Count, (await answers).Split("HTTP/1.1 200 OK").Length - 1);
    }

    [Fact]
    public void The_body_of_a_request_is_skipped()
    {
        using Service service = Service.Start();
        string body = new('x', 200_000);
        string answers = service.Exchange($"POST /healthz HTTP/1.1\r\nHost: t\r\nContent-Length: {body.Length}\r\n\r\n{body}{LastGet}");

        Assert.Equal(2, answers.Split("200 OK").Length - 1);
    }

    [Fact]
    public void HEAD_gets_the_length_and_no_body()
    {
        using Service service = Service.Start();
        string answer = service.Exchange("HEAD /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");

        Assert.Contains("Content-Length: 3\r\n", answer);
        Assert.EndsWith("\r\n\r\n", answer);
    }

    [Fact]
    public void HTTP_1_0_is_answered_and_closed() => AssertStatus("200", "GET /healthz HTTP/1.0\r\n\r\n");

    [Theory]
    [InlineData("400", "\u0016\u0003\u0001")]
    [InlineData("400", "GET /healthz\r\n\r\n")]
    [InlineData("400", "GET  / HTTP/1.1\r\nHost: t\r\n\r\n")]
    [InlineData("400", "GET /healthz HTTP/1.1\nHost: t\n\n")]
    [InlineData("400", "GET /healthz HTTP/1.1\r\n\r\n")]
    [InlineData("400", "GET /healthz HTTP/1.1\r\nHost: t\r\nHost: u\r\n\r\n")]
    [InlineData("400", "GET /healthz HTTP/1.1\r\nHost : t\r\n\r\n")]
    [InlineData("400", "GET /healthz HTTP/1.1\r\nHost: t\r\n folded\r\n\r\n")]
    [InlineData("400", "GET /healthz HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("400", "GET /healthz HTTP/1.1\r\nHost: t\r\nContent-Length: \r\n\r\n")]
    [InlineData("400", "GET /healthz HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")]
    [InlineData("405", "DELETE /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")]
    [InlineData("411", "POST /healthz HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("505", "GET /healthz HTTP/2.0\r\nHost: t\r\n\r\n")]
    public void A_bad_request_is_refused_and_the_connection_closed(string status, string request) => AssertStatus(status, request);

    [Fact]
    public void An_endless_head_is_refused() => AssertStatus("431", "GET /healthz HTTP/1.1\r\nHost: t\r\nX: " + new string('x', 100_000));

    [Fact]
    public void A_client_that_leaves_while_it_waits_is_forgotten()
    {
        using Service service = Service.Start();
        using (Socket socket = service.Connect())
        {
            socket.Send("GET /work?ms=3600000 HTTP/1.1\r\nHost: t\r\n\r\n"u8);
            service.InfoWhere(info => info.GetProperty("connections").GetInt32() == 2);
        }

        service.InfoWhere(info => info.GetProperty("connections").GetInt32() == 1);
    }

    private static void AssertStatus(string status, string request)
    {
        using Service service = Service.Start();

        Assert.StartsWith($"HTTP/1.1 {status} ", service.Exchange(request));
        Assert.Equal("ok\n", service.Get("/healthz").Body);
    }
}
