using System.Net.Sockets;
using ContainerChaos.Engine;
using ContainerChaos.Scenarios.Tests.Faults;

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
