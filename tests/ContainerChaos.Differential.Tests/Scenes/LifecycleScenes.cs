namespace ContainerChaos.Differential.Tests;

/// <summary>States, what each allows, and the events on the way.</summary>
internal static class LifecycleScenes
{
    private static readonly ContainerRequest s_sleeper = ContainerRequest.Script("trap 'exit 7' TERM; echo ready; while :; do sleep 0.1; done");

    public static IReadOnlyList<Scene> All { get; } =
    [
        new("run-to-the-end", ["created", "ended", "events"], stage =>
        {
            var container = stage.Create(ContainerRequest.Script("exit 3"));
            stage.Tell("created", stage.State(container));
            stage.Host.Start(container);
            stage.Host.Wait(container);
            stage.Tell("ended", stage.State(container));
            stage.TellEvents("events", container);
        }),
        new("when-created", ["wait", "stop", "kill", "pause", "resume", "execute", "restart", "state", "remove"], stage =>
        {
            var container = stage.Create(ContainerRequest.Script("exec sleep 100"));
            stage.TellRefusal("kill", () => stage.Host.Kill(container, "TERM"));
            stage.TellRefusal("pause", () => stage.Host.Pause(container));
            stage.TellRefusal("resume", () => stage.Host.Resume(container));
            stage.TellRefusal("execute", () => stage.Host.Execute(container, new CommandRequest("true")));
            stage.TellRefusal("stop", () => stage.Host.Stop(container));
            stage.Tell("state", stage.State(container));
            stage.TellRefusal("restart", () => stage.Host.Restart(container));
            stage.Tell("wait", stage.State(container));
            var other = stage.Create(new ContainerRequest());
            stage.TellRefusal("remove", () => stage.Host.Remove(other));
        }),
        new("when-running", ["start", "resume", "remove", "state", "remove-by-force", "look-afterwards"], stage =>
        {
            var container = stage.Ready(s_sleeper);
            stage.TellRefusal("start", () => stage.Host.Start(container));
            stage.TellRefusal("resume", () => stage.Host.Resume(container));
            stage.TellRefusal("remove", () => stage.Host.Remove(container));
            stage.Tell("state", stage.State(container));
            stage.TellRefusal("remove-by-force", () => stage.Host.Remove(container, force: true));
            stage.TellRefusal("look-afterwards", () => stage.Host.Look(container));
        }),
        new("when-exited", ["stop", "kill", "pause", "resume", "execute", "wait", "start", "log", "state"], stage =>
        {
            var container = stage.Started(ContainerRequest.Script("echo out; exit 4"));
            stage.Host.Wait(container);
            stage.TellRefusal("stop", () => stage.Host.Stop(container));
            stage.TellRefusal("kill", () => stage.Host.Kill(container, "TERM"));
            stage.TellRefusal("pause", () => stage.Host.Pause(container));
            stage.TellRefusal("resume", () => stage.Host.Resume(container));
            stage.TellRefusal("execute", () => stage.Host.Execute(container, new CommandRequest("true")));
            stage.Tell("wait", stage.Host.Wait(container));
            stage.TellRefusal("start", () => stage.Host.Start(container));
            stage.Host.Wait(container);
            stage.Tell("log", string.Join(',', stage.Host.ReadLog(container)));
            stage.Tell("state", stage.State(container));
        }),
        new("when-paused", ["state", "start", "pause", "execute", "remove", "resumed", "events"], stage =>
        {
            var container = stage.Ready(s_sleeper);
            stage.Host.Pause(container);
            stage.Tell("state", stage.State(container));
            stage.TellRefusal("start", () => stage.Host.Start(container));
            stage.TellRefusal("pause", () => stage.Host.Pause(container));
            stage.TellRefusal("execute", () => stage.Host.Execute(container, new CommandRequest("true")));
            stage.TellRefusal("remove", () => stage.Host.Remove(container));
            stage.Host.Resume(container);
            stage.Tell("resumed", stage.State(container));
            stage.TellEvents("events", container);
        }),
        new("paused-and-killed", ["killed", "state"], stage =>
        {
            var container = stage.Ready(s_sleeper);
            stage.Host.Pause(container);
            stage.TellRefusal("killed", () => stage.Host.Kill(container, "KILL"));
            stage.Host.Wait(container);
            stage.Tell("state", stage.State(container));
        })
        { WithoutPodman = "podman refuses, and the container would stay" },
        new("paused-and-stopped", ["stopped", "state"], stage =>
        {
            var container = stage.Ready(s_sleeper);
            stage.Host.Pause(container);
            stage.TellRefusal("stopped", () => stage.Host.Stop(container, 2));
            stage.Host.Wait(container);
            stage.Tell("state", stage.State(container));
        })
        { WithoutPodman = "podman refuses, and the container would stay" },
        new("paused-and-removed", ["removed"], stage =>
        {
            var container = stage.Ready(s_sleeper);
            stage.Host.Pause(container);
            stage.TellRefusal("removed", () => stage.Host.Remove(container, force: true));
        }),
        new("paused-processes", ["frozen", "thawed"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("echo ready; while :; do :; done"));
            stage.Host.Pause(container);
            var pid = stage.Host.Look(container).Pid;
            // utime, the fourteenth field of proc_pid_stat(5): a frozen process uses none.
            long Used() => long.Parse(File.ReadAllText($"/proc/{pid}/stat").Split(' ')[13]);
            var before = Used();
            Thread.Sleep(150);
            stage.Tell("frozen", Used() - before == 0);
            stage.Host.Resume(container);
            stage.Tell("thawed", SpinWait.SpinUntil(() => Used() > before + 1, TimeSpan.FromSeconds(20)));
        }),
        new("stop", ["state", "events"], stage =>
        {
            var container = stage.Ready(s_sleeper);
            stage.Host.Stop(container, 20);
            stage.Tell("state", stage.State(container));
            stage.TellEvents("events", container);
        }),
        new("stop-that-is-ignored", ["state", "grace", "events"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("echo ready; sleep 100"));
            var started = System.Diagnostics.Stopwatch.StartNew();
            stage.Host.Stop(container, 1);
            stage.Tell("grace", started.Elapsed.TotalSeconds is > 0.95 and < 8);
            stage.Tell("state", stage.State(container));
            stage.TellEvents("events", container);
        })
        { IsLong = true },
        new("stop-without-grace", ["state", "events"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("trap 'sleep 1; exit 7' TERM; echo ready; while :; do sleep 0.05; done"));
            stage.Host.Stop(container, 0);
            stage.Tell("state", stage.State(container));
            stage.TellEvents("events", container);
        }),
        new("stop-by-the-container-s-own-grace", ["state"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("trap 'sleep 0.3; exit 7' TERM; echo ready; while :; do sleep 0.05; done") with { StopTimeout = 20 });
            stage.Host.Stop(container);
            stage.Tell("state", stage.State(container));
        }),
        new("restart", ["state", "count", "fresh", "events"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("trap 'exit 7' TERM; touch /seen; echo ready $(ls / | grep -c seen); while :; do sleep 0.1; done"));
            var before = stage.Host.Look(container).Pid;
            stage.Host.Restart(container, 20);
            stage.Host.Events.Await(container, "start", 2);
            stage.Tell("state", stage.State(container));
            stage.Tell("count", stage.Host.Look(container).RestartCount);
            stage.Tell("fresh", stage.Host.Look(container).Pid != before);
            stage.TellEvents("events", container);
        }),
        new("restart-when-exited", ["state", "layer-stays", "events"], stage =>
        {
            var container = stage.Started(ContainerRequest.Script("[ -e /seen ] && { echo again; exec sleep 100; }; touch /seen"));
            stage.Host.Wait(container);
            stage.Host.Restart(container, 1);
            stage.Host.AwaitLine(container, "again");
            stage.Host.Kill(container, "KILL");
            stage.Host.Wait(container);
            stage.Tell("state", stage.State(container));
            stage.Tell("layer-stays", stage.Host.ReadLog(container)[^1]);
            stage.TellEvents("events", container);
        }),
        new("failed-start", ["refusal", "state", "events", "again"], stage =>
        {
            var container = stage.Create(new ContainerRequest { Command = ["nothing-here"] });
            stage.TellRefusal("refusal", () => stage.Host.Start(container));
            stage.Tell("state", stage.State(container));
            stage.TellRefusal("again", () => stage.Host.Start(container));
            stage.TellEvents("events", container);
        }),
        new("failed-start-with-policy", ["refusal", "state"], stage =>
        {
            var container = stage.Create(new ContainerRequest { Command = ["nothing-here"], RestartPolicy = "always" });
            stage.TellRefusal("refusal", () => stage.Host.Start(container));
            stage.Tell("state", stage.State(container));
        }),
        new("remove-while-running", ["events"], stage =>
        {
            var container = stage.Ready(s_sleeper);
            stage.Host.Remove(container, force: true);
            stage.TellEvents("events", container);
        }),
        new("names", ["taken", "taken-when-exited", "by-name", "by-short-id", "free-again", "too-short", "bad", "slash", "case"], stage =>
        {
            var name = stage.Name("-x");
            var first = stage.Create(new ContainerRequest { Name = name, Command = ["true"] });
            stage.TellRefusal("taken", () => stage.Create(new ContainerRequest { Name = name }));
            stage.Host.Start(name);
            stage.Host.Wait(name);
            stage.TellRefusal("taken-when-exited", () => stage.Create(new ContainerRequest { Name = name }));
            stage.Tell("by-name", stage.Host.Look(name).Id == first);
            stage.Tell("by-short-id", stage.Host.Look(first[..12]).Name == name);
            stage.TellRefusal("case", () => stage.Host.Look(name.ToUpperInvariant()));
            stage.Host.Remove(name);
            stage.TellRefusal("free-again", () => stage.Create(new ContainerRequest { Name = name }));
            stage.TellRefusal("too-short", () => stage.Create(new ContainerRequest { Name = "a" }));
            stage.TellRefusal("bad", () => stage.Create(new ContainerRequest { Name = "-bad name" }));
            stage.TellRefusal("slash", () => stage.Create(new ContainerRequest { Name = "a/b" }));
        }),
        new("nothing-there", ["start", "stop", "kill", "wait", "look", "log", "execute", "remove", "image"], stage =>
        {
            stage.TellRefusal("start", () => stage.Host.Start("no-such-container"));
            stage.TellRefusal("stop", () => stage.Host.Stop("no-such-container"));
            stage.TellRefusal("kill", () => stage.Host.Kill("no-such-container", "TERM"));
            stage.TellRefusal("wait", () => stage.Host.Wait("no-such-container"));
            stage.TellRefusal("look", () => stage.Host.Look("no-such-container"));
            stage.TellRefusal("log", () => stage.Host.ReadLog("no-such-container"));
            stage.TellRefusal("execute", () => stage.Host.Execute("no-such-container", new CommandRequest("true")));
            stage.TellRefusal("remove", () => stage.Host.Remove("no-such-container"));
            stage.TellRefusal("image", () => stage.Create(new ContainerRequest { Image = "docker.io/library/no-such-image:1" }));
        }),
        new("bad-requests", ["memory-too-small", "memory-negative", "cpus-too-many", "cpus-negative", "signal", "stop-signal", "policy", "policy-count", "security-option", "label", "environment"], stage =>
        {
            var plain = new ContainerRequest { Command = ["true"] };
            stage.TellWhether("memory-too-small", () => stage.Create(plain with { Memory = 1 << 20 }));
            stage.TellWhether("memory-negative", () => stage.Create(plain with { Memory = -5 }));
            stage.TellWhether("cpus-too-many", () => stage.Create(plain with { Cpus = 1000 }));
            stage.TellWhether("cpus-negative", () => stage.Create(plain with { Cpus = -1 }));
            stage.TellWhether("signal", () => stage.Host.Kill(stage.Ready(s_sleeper), "NOSUCH"));
            stage.TellWhether("stop-signal", () => stage.Create(plain with { StopSignal = "NOSUCH" }));
            stage.TellWhether("policy", () => stage.Create(plain with { RestartPolicy = "sometimes" }));
            stage.TellWhether("policy-count", () => stage.Create(plain with { RestartPolicy = "always:3" }));
            stage.TellWhether("security-option", () => stage.Create(plain with { SecurityOptions = ["no-such-option"] }));
            stage.TellWhether("label", () => stage.Create(plain with { Labels = new Dictionary<string, string> { ["a b"] = "c" } }));
            stage.TellWhether("environment", () => stage.Create(plain with { Env = ["=x"] }));
        }),
    ];
}
