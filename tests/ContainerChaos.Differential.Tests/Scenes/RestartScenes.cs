namespace ContainerChaos.Differential.Tests;

/// <summary>When PID 1 is started again, how often, and after how long.</summary>
internal static class RestartScenes
{
    private static readonly ContainerRequest s_service = ContainerRequest.Script("trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done");

    public static IReadOnlyList<Scene> All { get; } =
    [
        new("policy-no", ["state", "events"], stage =>
        {
            var container = stage.Ready(s_service);
            SignalScenes.Crash(stage, container);
            stage.Host.Wait(container);
            stage.Tell("state", stage.State(container));
            stage.TellEvents("events", container);
        }),
        new("policy-on-failure-counts", ["state", "runs", "events"], stage =>
        {
            var container = stage.Started(ContainerRequest.Script("echo run; exit 5") with { RestartPolicy = "on-failure:3" });
            stage.Host.Events.Await(container, "die", 4);
            AwaitDown(stage, container);
            stage.Tell("state", stage.State(container));
            stage.Tell("runs", stage.Host.ReadLog(container).Count);
            stage.TellEvents("events", container);
        })
        { IsLong = true },
        new("policy-on-failure-succeeds", ["state", "events"], stage =>
        {
            var container = stage.Started(ContainerRequest.Script("[ -e /seen ] && exit 0; touch /seen; exit 1") with { RestartPolicy = "on-failure" });
            stage.Host.Events.Await(container, "die", 2);
            stage.Host.Wait(container);
            stage.Tell("state", stage.State(container));
            stage.TellEvents("events", container);
        }),
        new("policy-on-failure-after-success", ["state"], stage =>
        {
            var container = stage.Started(ContainerRequest.Script("exit 0") with { RestartPolicy = "on-failure" });
            stage.Host.Wait(container);
            stage.Tell("state", stage.State(container));
        }),
        new("policy-always-after-success", ["state", "stopped", "events"], stage =>
        {
            var container = stage.Started(ContainerRequest.Script("[ -e /seen ] && exec sh -c 'trap \"exit 0\" TERM; echo ready; while :; do sleep 0.05; done'; touch /seen; exit 0") with { RestartPolicy = "always" });
            // Docker's log ends with the first run for whoever follows it.
            stage.Host.Events.Await(container, "start", 2);
            stage.Host.AwaitLine(container, "ready");
            stage.Tell("state", stage.State(container));
            stage.Host.Stop(container, 20);
            stage.Tell("stopped", stage.State(container));
            stage.TellEvents("events", container);
        }),
        .. new[] { "always", "unless-stopped", "on-failure" }.Select(policy => new Scene($"policy-{policy}-crash", ["state", "killed", "restarted-by-hand"], stage =>
        {
            var container = stage.Ready(s_service with { RestartPolicy = policy });
            SignalScenes.Crash(stage, container);
            stage.Host.Events.Await(container, "start", 2);
            stage.Tell("state", stage.State(container));
            // By an operator, who means it.
            stage.Host.Kill(container, "KILL");
            stage.Host.Wait(container);
            stage.Tell("killed", stage.State(container));
            stage.Host.Start(container);
            stage.Tell("restarted-by-hand", stage.State(container));
        })),
        .. new[] { null, "TERM" }.Select(stop => new Scene(stop is null ? "policy-signal-that-ends" : "policy-signal-that-ends-and-is-not-the-stop-signal", ["state", "events"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("[ -e /seen ] && exit 0; touch /seen; trap 'exit 9' HUP; echo ready; while :; do sleep 0.05; done") with { RestartPolicy = "on-failure", StopSignal = stop });
            stage.Host.Kill(container, "HUP");
            stage.Host.Events.Await(container, "die");
            AwaitDown(stage, container);
            stage.Tell("state", stage.State(container));
            stage.TellEvents("events", container);
        })),
        new("policy-stop-signal-sent-by-hand", ["state"], stage =>
        {
            var container = stage.Ready(s_service with { RestartPolicy = "always" });
            stage.Host.Kill(container, "TERM");
            stage.Host.Events.Await(container, "die");
            stage.Host.Wait(container);
            stage.Tell("state", stage.State(container));
        })
        { WithoutPodman = "podman starts it again, and the wait would not end" },
        new("policy-stop-while-it-waits", ["waits", "stopped", "exit"], stage =>
        {
            // Enough failures that the next back-off is long.
            var container = stage.Started(ContainerRequest.Script("exit 5") with { RestartPolicy = "always" });
            stage.Host.Events.Await(container, "die", 4);
            stage.Tell("waits", stage.Host.Look(container).State);
            stage.Host.Stop(container, 5);
            stage.Tell("stopped", stage.Host.Look(container).State);
            stage.Tell("exit", stage.Host.Look(container).ExitCode);
        })
        { IsLong = true, WithoutPodman = "podman does not wait before it starts again" },
        new("policy-back-off", ["doubles"], stage =>
        {
            var container = stage.Started(ContainerRequest.Script("date +%s.%N > /dev/null; cut -d' ' -f1 /proc/uptime; exit 5") with { RestartPolicy = "on-failure:4" });
            stage.Host.Events.Await(container, "die", 5);
            stage.Host.Wait(container);
            var times = stage.Host.ReadLog(container).Select(line => double.Parse(line[2..], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            var delays = times.Zip(times.Skip(1), (a, b) => b - a).ToArray();
            // 100, 200, 400 and 800 ms, and what a slow machine adds.
            stage.Tell("doubles", delays is [>= 0.09, >= 0.19, >= 0.39, >= 0.79] ? "100, 200, 400, 800 ms" : string.Join(' ', delays));
        })
        { IsLong = true },
        new("policy-wait", ["finally-down"], stage =>
        {
            // The first lasts until somebody waits, the second until somebody has looked.
            var container = stage.Started(ContainerRequest.Script("sleep 1; [ -e /seen ] && sleep 2; touch /seen; exit 5") with { RestartPolicy = "on-failure:1" });
            stage.Host.Wait(container);
            stage.Tell("finally-down", stage.Host.Look(container).State is "exited");
        })
        { IsLong = true },
        new("policy-oom", ["state"], stage =>
        {
            var container = stage.Started(ContainerRequest.Script("[ -e /seen ] && exit 0; touch /seen; exec tail /dev/zero") with { RestartPolicy = "on-failure", Memory = 16 << 20 });
            stage.Host.Events.Await(container, "die", 2);
            stage.Host.Wait(container);
            stage.Tell("state", stage.State(container));
        }),
    ];

    /// <summary>Waits until it is finally down. Docker's wait may come back between two runs.</summary>
    private static void AwaitDown(Stage stage, string container)
    {
        while (stage.Host.Look(container).State is "running" or "restarting")
            stage.Host.Wait(container);
    }
}
