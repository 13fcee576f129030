using System.Net.Sockets;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Scenarios.Tests.Faults;
using ContainerChaos.Scenarios.Tests.Load;

namespace ContainerChaos.Scenarios.Tests.Probes;

/// <summary>Each kind of probe on a real container, inside its tolerances and outside of them.</summary>
public sealed class ProbeTests : FaultTest
{
    [Fact]
    public void A_probe_holds_or_says_what_was_seen_instead()
    {
        Container container = Engine.Start(Engine.Create(new ContainerCreateOptions
        {
            Name = Name,
            Image = "target",
            Command = ["serve", "--port", "8080", "--unix", "/http.sock"],
            MemoryBytes = 48 << 20,
            Network = "none",
        }).Id);
        AwaitService(container);
        string socket = $"/proc/{container.Pid}/root/http.sock";
        var subject = new ProbeSubject(Engine, container.Id, new UnixDomainSocketEndPoint(socket));
        string? Problem(string probe) => Assert.Single(ProbeRunner.Look(Parse(probe.Contains("timeout:", StringComparison.Ordinal) ? probe : probe.Replace(" }", ", timeout: 1m }")), subject, CancellationToken.None)).Problem;

        Assert.Null(Problem("{ probe: http, path: /healthz, tolerances: [status = 200, latency < 60s, body contains o] }"));
        Assert.Equal("status = 204, seen 200", Problem("{ probe: http, path: /healthz, tolerances: [status = 204] }"));
        Assert.Equal("status < 400, seen 404", Problem("{ probe: http, path: /nowhere }"));
        Assert.Null(Problem("{ probe: tcp, port: 8080 }"));
        Assert.Contains("ECONNREFUSED", Problem("{ probe: tcp, port: 8081 }"));
        Assert.Null(Problem("{ probe: exec, command: [/target, echo, hello], tolerances: [exit-code = 0, output = hello] }"));
        Assert.Equal("output contains bye, seen 'hello'", Problem("{ probe: exec, command: [/target, echo, hello], tolerances: [output contains bye] }"));
        Assert.Contains("no-such", Problem("{ probe: exec, command: [no-such] }"));
        Assert.Equal("no answer within 0.3 s", Problem("{ probe: exec, command: [/target, sleep, infinity], timeout: 300ms }"));
        Assert.Null(Problem("{ probe: file, path: /none, tolerances: [exists = no] }"));
        Assert.Equal("there is no file /none", Problem("{ probe: file, path: /none }"));
        Assert.Null(Problem("{ probe: file, path: /target, tolerances: [size > 100k, exists = yes] }"));
        Assert.Null(Problem("{ probe: metric, tolerances: [memory > 0, memory < 90 %, pids >= 1, restarts = 0, cpu < 10000 %, oom-kills = 0, zombies = 0] }"));
        Assert.StartsWith("memory < 1k, seen ", Problem("{ probe: metric, tolerances: [memory < 1k] }"));
        Assert.Null(Problem("{ probe: container, tolerances: [state = running, restarts = 0] }"));
        Assert.Equal("health = healthy, which is not known here", Problem("{ probe: container, tolerances: [health = healthy] }"));

        Engine.Stop(container.Id);
        Assert.Equal("state = running, seen 'exited'", Problem("{ probe: container }"));
        Assert.All(
            ProbeRunner.Look(Parse("{ probe: tcp, port: 8080 }, { probe: metric, tolerances: [pids > 0] }, { probe: file, path: /target }, { probe: exec, command: [/target, echo] }"), subject, CancellationToken.None),
            result => Assert.False(result.Holds));
    }

    [Fact]
    public void A_program_of_the_host_knows_the_container_and_is_killed_with_what_it_started_when_its_time_is_over()
    {
        var container = Run();
        var subject = new ProbeSubject(Engine, container.Id, new UnixDomainSocketEndPoint("/the/socket"));
        ProbeResult Look(string probe) => Assert.Single(ProbeRunner.Look(Parse(probe), subject, CancellationToken.None));

        Assert.Null(Look($"{{ probe: process, command: [sh, -c, 'echo $CONTAINERCHAOS_CONTAINER $CONTAINERCHAOS_ENDPOINT'], timeout: 1m, tolerances: ['output = {container.Name} /the/socket'] }}").Problem);
        Assert.Equal("exit-code = 0, seen 3", Look("{ probe: process, command: [sh, -c, exit 3], timeout: 1m }").Problem);
        Assert.StartsWith("The program no-such can't be run", Look("{ probe: process, command: [no-such] }").Problem);
        // More than a pipe holds, and more than is kept.
        ProbeResult much = Look("{ probe: process, command: [sh, -c, head -c 3000000 /dev/zero | tr '\\0' x], timeout: 1m }");
        Assert.Null(much.Problem);
        Assert.Equal(16_384, Assert.IsType<string>(much.Values["output"]).Length);
        string mark = Path.GetTempFileName();
        try
        {
            Assert.Equal("no answer within 1 s", Look($"{{ probe: process, command: [sh, -c, 'sleep 600 & echo $! > {mark}; wait'], timeout: 1s }}").Problem);
            // On a machine that gave it less than its second there is nothing to kill.
            using PidFd? started = int.TryParse(File.ReadAllText(mark), out int pid) ? PidFd.TryOpen(pid) : null;
            Assert.NotEqual(false, started?.WaitForEnd(TimeSpan.FromSeconds(10)));
        }
        finally
        {
            File.Delete(mark);
        }
    }

    [Fact]
    public void A_request_goes_to_any_service_of_the_host()
    {
        using var server = new TestServer(isTcp: true) { Response = "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 5\r\n\r\nhello" };
        var subject = new ProbeSubject(Engine, "", server.EndPoint);
        ProbeResult Look(string probe) => Assert.Single(ProbeRunner.Look(Parse(probe), subject, CancellationToken.None));

        ProbeResult seen = Look($"{{ probe: http, url: 'http://{server.EndPoint}/', method: post, headers: {{ Content-Type: text/plain, X-Mark: a }}, body: hi, timeout: 1m, tolerances: [status = 302, body = hello] }}");
        Assert.Null(seen.Problem);
        Assert.Equal(302.0, seen.Values["status"]);
        server.Vanish();
        Assert.False(Look($"{{ probe: http, url: 'http://{server.EndPoint}/', timeout: 1m }}").Holds);
    }

    [Fact]
    public void It_is_looked_at_until_it_holds_or_until_that_is_cancelled()
    {
        var container = Run();
        var subject = new ProbeSubject(Engine, container.Id, new UnixDomainSocketEndPoint("/nowhere"));
        using var cancel = new CancellationTokenSource();
        IReadOnlyList<ScenarioProbe> probe = Parse("{ probe: container, tolerances: [state = exited], within: 60s }");
        var stop = new Thread(() => Engine.Stop(container.Id));
        stop.Start();
        Assert.Null(Assert.Single(ProbeRunner.Look(probe, subject, cancel.Token)).Problem);
        stop.Join();

        var late = new Thread(cancel.Cancel);
        late.Start();
        Assert.ThrowsAny<OperationCanceledException>(() => ProbeRunner.Look(Parse("{ probe: container, within: 60s }"), subject, cancel.Token));
        late.Join();
    }

    private static IReadOnlyList<ScenarioProbe> Parse(string probes) => ScenarioFile.Parse(
        new StringReader($"schema: 1\nname: a\ntitle: t\ndescription: d\nsteps: [{{ action: crash }}]\nsteady: {{ probes: [{probes}] }}"), "test.yaml").Probes;
}
