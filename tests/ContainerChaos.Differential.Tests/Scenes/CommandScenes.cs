namespace ContainerChaos.Differential.Tests;

/// <summary>Commands that are run in a container that runs.</summary>
internal static class CommandScenes
{
    public static IReadOnlyList<Scene> All { get; } =
    [
        new("execute", ["exit", "streams", "signal", "environment", "own-environment", "directory", "own-directory", "ids", "user", "user-number", "user-capabilities", "capabilities", "no-new-privileges", "seccomp",
            "process", "input", "namespaces", "pid-1-untouched", "background", "events"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("echo ready; while :; do sleep 1; done") with { Env = ["OF=container"], WorkingDirectory = "/srv" });
            string Ask(string script, Func<CommandRequest, CommandRequest>? with = null) =>
                stage.Host.Execute(container, (with ?? (request => request))(new CommandRequest("sh", "-c", script))).ToString();
            stage.Tell("exit", Ask("exit 42"));
            stage.Tell("streams", Ask("echo out; echo err >&2"));
            stage.Tell("signal", Ask("kill -KILL $$"));
            stage.Tell("environment", Ask("env | grep -v -E '^(SHLVL|PWD|OLDPWD)=' | sort"));
            stage.Tell("own-environment", Ask("echo $OF $NEW", request => request with { Env = ["OF=command", "NEW=1"] }));
            stage.Tell("directory", Ask("pwd"));
            stage.Tell("own-directory", Ask("pwd", request => request with { WorkingDirectory = "/tmp" }));
            stage.Tell("ids", Ask("id"));
            stage.Tell("user", Ask("id; echo $HOME", request => request with { User = "app" }));
            stage.Tell("user-number", Ask("id; echo $HOME", request => request with { User = "77:88" }));
            stage.Tell("user-capabilities", Ask("grep -E 'Cap(Prm|Eff|Bnd|Amb)' /proc/self/status", request => request with { User = "app" }));
            stage.Tell("capabilities", Ask("grep Cap /proc/self/status"));
            stage.Tell("no-new-privileges", Ask("grep NoNewPrivs /proc/self/status"));
            stage.Tell("seccomp", Ask("grep Seccomp: /proc/self/status; unshare -U true"));
            stage.Tell("process", Ask("[ $$ -gt 1 ] && echo $PPID; cut -d' ' -f6 /proc/self/stat | grep -c -x 0"));
            stage.Tell("input", Ask("wc -c"));
            stage.Tell("namespaces", Ask("for n in cgroup ipc mnt net pid user uts; do [ $(readlink /proc/self/ns/$n) = $(readlink /proc/1/ns/$n) ] && echo same $n; done"));
            stage.Tell("pid-1-untouched", stage.State(container));
            stage.Tell("background", Ask("sleep 100 > /dev/null 2>&1 < /dev/null & echo started"));
            stage.TellEvents("events", container);
        }),
        new("execute-errors", ["not-found", "path-not-found", "not-executable", "directory", "no-program", "user-unknown", "directory-missing", "empty"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("echo ready; sleep 100"));
            string Result(CommandRequest request)
            {
                try
                {
                    return $"exit {stage.Host.Execute(container, request).ExitCode}";
                }
                catch (HostException e)
                {
                    return e.Refusal.ToString();
                }
            }
            stage.Tell("not-found", Result(new CommandRequest("nothing-here")));
            stage.Tell("path-not-found", Result(new CommandRequest("/nothing/here")));
            stage.Tell("not-executable", Result(new CommandRequest("/bin/noexec")));
            stage.Tell("directory", Result(new CommandRequest("/bin")));
            stage.Tell("no-program", Result(new CommandRequest("/bin/garbage")));
            stage.Tell("user-unknown", Result(new CommandRequest("true") { User = "nobody-here" }));
            stage.Tell("directory-missing", Result(new CommandRequest("pwd") { WorkingDirectory = "/not/there" }));
            stage.Tell("empty", Result(new CommandRequest()));
        }),
        new("execute-as-the-container-s-user", ["ids"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("echo ready; sleep 100") with { User = "app" });
            stage.Tell("ids", stage.Ask(container, "id; echo $HOME; grep CapEff /proc/self/status"));
        }),
        new("execute-with-init", ["zombies"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("echo ready; while :; do sleep 1; done") with { Init = true });
            stage.Ask(container, "(sleep 0.01 &)");
            stage.Tell("zombies", stage.Ask(container, "i=0; while ps -o stat | grep -q Z && [ $i -lt 100 ]; do sleep 0.05; i=$((i + 1)); done; [ $i -lt 100 ] && echo reaped"));
        })
        { WithoutPodman = Scene.Init },
        new("execute-ends-with-the-container", ["result"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done"));
            var command = Task.Run(() => stage.Host.Execute(container, new CommandRequest("sh", "-c", "echo begun > /proc/1/fd/1; sleep 100")));
            stage.Host.AwaitLine(container, "begun");
            stage.Host.Kill(container, "TERM");
            stage.Host.Wait(container);
            stage.Tell("result", command.Result.ExitCode);
        }),
    ];
}
