namespace ContainerChaos.Differential.Tests;

/// <summary>Who gets a signal, and what becomes of it.</summary>
internal static class SignalScenes
{
    private static readonly ContainerRequest s_deaf = ContainerRequest.Script("echo ready; exec sleep 100");

    private static readonly ContainerRequest s_handler =
        ContainerRequest.Script("trap 'echo got usr1' USR1; trap 'echo got hup; exit 9' HUP; trap 'echo got winch' WINCH; echo ready; while :; do sleep 0.05; done");

    public static IReadOnlyList<Scene> All { get; } =
    [
        new("signal-handled", ["goes-on", "ends", "events"], stage =>
        {
            var container = stage.Ready(s_handler);
            stage.Host.Kill(container, "USR1");
            stage.Host.AwaitLine(container, "got usr1");
            stage.Tell("goes-on", stage.State(container));
            stage.Host.Kill(container, "SIGHUP");
            stage.Host.Wait(container);
            stage.Tell("ends", stage.State(container));
            stage.TellEvents("events", container);
        }),
        new("signal-by-number", ["ends"], stage =>
        {
            var container = stage.Ready(s_handler);
            stage.Host.Kill(container, "1");
            stage.Tell("ends", stage.Host.Wait(container));
        }),
        new("signal-without-handler", ["state", "killed", "events"], stage =>
        {
            // The kernel drops what PID 1 has no handler for (pid_namespaces(7)).
            var container = stage.Ready(s_deaf);
            stage.Host.Kill(container, "TERM");
            stage.Host.Kill(container, "INT");
            stage.Host.Kill(container, "SEGV");
            stage.Tell("state", stage.State(container));
            stage.Host.Kill(container, "KILL");
            stage.Host.Wait(container);
            stage.Tell("killed", stage.State(container));
            stage.TellEvents("events", container);
        }),
        new("signal-with-init", ["ends", "events"], stage =>
        {
            var container = stage.Ready(s_deaf with { Init = true });
            stage.Host.Kill(container, "TERM");
            stage.Host.Wait(container);
            stage.Tell("ends", stage.State(container));
            stage.TellEvents("events", container);
        })
        { WithoutPodman = Scene.Init },
        new("signal-with-init-handled", ["ends"], stage =>
        {
            var container = stage.Ready(s_handler with { Init = true });
            stage.Host.Kill(container, "HUP");
            stage.Tell("ends", stage.Host.Wait(container));
        })
        { WithoutPodman = Scene.Init },
        new("signal-with-init-to-the-child-alone", ["survivor"], stage =>
        {
            // tini without -g: the child's children are not told.
            var container = stage.Ready(ContainerRequest.Script("(trap 'echo child got usr1' USR1; touch /tmp/r; while :; do sleep 0.05; done) & trap 'echo got usr1' USR1; while [ ! -e /tmp/r ]; do sleep 0.01; done; echo ready; while :; do sleep 0.05; done") with { Init = true });
            stage.Host.Kill(container, "USR1");
            stage.Host.AwaitLine(container, "got usr1");
            stage.Host.Stop(container, 0);
            stage.Tell("survivor", string.Join(',', stage.Host.ReadLog(container)));
        })
        { WithoutPodman = Scene.Init },
        new("stop-with-init", ["state"], stage =>
        {
            var container = stage.Ready(s_deaf with { Init = true });
            stage.Host.Stop(container, 20);
            stage.Tell("state", stage.State(container));
        })
        { WithoutPodman = Scene.Init },
        new("stop-signal-of-the-image", ["state", "events"], stage =>
        {
            var container = stage.Ready(new ContainerRequest { Image = Images.Rich, Entrypoint = ["sh", "-c", "trap 'exit 8' USR1; echo ready; while :; do sleep 0.05; done"] });
            stage.Host.Stop(container, 20);
            stage.Tell("state", stage.State(container));
            stage.TellEvents("events", container);
        }),
        new("stop-signal-of-the-container", ["state", "events"], stage =>
        {
            var container = stage.Ready(s_handler with { StopSignal = "SIGHUP" });
            stage.Host.Stop(container, 20);
            stage.Tell("state", stage.State(container));
            stage.TellEvents("events", container);
        }),
        new("stop-signal-kill", ["state"], stage =>
        {
            var container = stage.Ready(s_handler with { StopSignal = "KILL" });
            stage.Host.Stop(container, 20);
            stage.Tell("state", stage.State(container));
        }),
        new("killed-from-outside", ["state", "events"], stage =>
        {
            var container = stage.Ready(s_deaf);
            Crash(stage, container);
            stage.Host.Wait(container);
            stage.Tell("state", stage.State(container));
            stage.TellEvents("events", container);
        }),
        new("child-killed-from-outside", ["state"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("sh -c 'echo ready $$; exec sleep 100'; echo child $?; exit 6"));
            stage.Host.Execute(container, new CommandRequest("sh", "-c", "kill -9 $(ps | grep '[s]leep 100' | awk '{ print $1 }')"));
            stage.Host.Wait(container);
            stage.Tell("state", stage.State(container));
        }),
        new("end-takes-all", ["left"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("sleep 100 & setsid sleep 100 & echo ready; read x < /dev/zero"));
            stage.Host.Execute(container, new CommandRequest("sh", "-c", "setsid sleep 100 > /dev/null 2>&1 < /dev/null &"));
            var pids = Processes(stage.Host.Look(container).Pid);
            stage.Host.Kill(container, "KILL");
            stage.Host.Wait(container);
            // A zombie that its parent has not reaped yet has ended, too.
            stage.Tell("left", pids.Count(pid => File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z", StringComparison.Ordinal)));
        }),
    ];

    /// <summary>Kills PID 1 behind the engine's back.</summary>
    public static void Crash(Stage stage, string container)
    {
        using var process = Linux.PidFd.Open(stage.Host.Look(container).Pid);
        process.SendSignal(9);
    }

    private static string[] Processes(int first)
    {
        var space = new FileInfo($"/proc/{first}/ns/pid").LinkTarget;
        return [.. Directory.EnumerateDirectories("/proc").Select(path => Path.GetFileName(path)).Where(name => char.IsDigit(name[0]) && new FileInfo($"/proc/{name}/ns/pid").LinkTarget == space)];
    }
}
