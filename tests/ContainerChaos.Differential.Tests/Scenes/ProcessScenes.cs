namespace ContainerChaos.Differential.Tests;

/// <summary>What is run, as whom, where and with which variables; and how it ends.</summary>
internal static class ProcessScenes
{
    private static readonly ContainerRequest s_rich = new() { Image = Images.Rich };

    private static readonly ContainerRequest s_args = new() { Command = ["args"] };

    public static IReadOnlyList<Scene> All { get; } =
    [
        Scene.Run("image-alone", s_rich),
        Scene.Run("image-command-replaced", s_rich with { Command = ["a", "b c"] }),
        Scene.Run("image-entrypoint-replaced", s_rich with { Entrypoint = ["/bin/args", "own"] }),
        Scene.Run("image-entrypoint-and-command-replaced", s_rich with { Entrypoint = ["/bin/args", "own"], Command = ["a"] }),
        Scene.Run("image-environment-replaced", s_rich with { Env = ["BOTH=container", "NEW=1", "EMPTY="] }),
        Scene.Run("image-path-replaced", s_rich with { Env = ["PATH=/nowhere"] }),
        Scene.Run("image-user-replaced", s_rich with { User = "0" }),
        Scene.Run("image-directory-replaced", s_rich with { WorkingDirectory = "/tmp" }),
        Scene.Run("entrypoint-without-command", new ContainerRequest { Image = Images.Entry }),
        Scene.Run("entrypoint-with-arguments", new ContainerRequest { Image = Images.Entry, Command = ["", " ", "$HOME", "é"] }),
        Scene.Run("no-command", new ContainerRequest { Image = Images.Bare }),
        Scene.Run("empty-command", new ContainerRequest { Command = [""] }),
        Scene.Run("user-name", s_args with { User = "app" }),
        Scene.Run("user-number", s_args with { User = "1000" }),
        Scene.Run("user-unknown-number", s_args with { User = "4321" }),
        Scene.Run("user-and-group", s_args with { User = "app:video" }),
        Scene.Run("user-and-group-number", s_args with { User = "app:99" }),
        Scene.Run("user-number-and-group", s_args with { User = "7:video" }),
        Scene.Run("user-numbers", s_args with { User = "7:8" }),
        Scene.Run("user-without-home", s_args with { User = "nohome" }),
        Scene.Run("user-unknown", s_args with { User = "nobody-here" }),
        Scene.Run("group-unknown", s_args with { User = "app:nothing-here" }),
        Scene.Run("group-alone", s_args with { User = ":video" }),
        Scene.Run("user-capabilities", ContainerRequest.Script("grep Cap /proc/self/status; cat /etc/secret; touch /x; ping 127.0.0.1 2>&1 | head -1") with { User = "app" }),
        Scene.Run("working-directory-made", ContainerRequest.Script("pwd; stat -c '%a %u:%g' .") with { WorkingDirectory = "/made/for/it" }),
        Scene.Run("working-directory-made-for-a-user", ContainerRequest.Script("pwd; stat -c '%a %u:%g' .; touch x") with { WorkingDirectory = "/made/for/it", User = "app" }),
        Scene.Run("working-directory-a-file", ContainerRequest.Script("pwd") with { WorkingDirectory = "/etc/passwd" }),
        Scene.Run("working-directory-relative", ContainerRequest.Script("pwd") with { WorkingDirectory = "srv" }),
        Scene.Run("working-directory-with-dots", ContainerRequest.Script("pwd") with { WorkingDirectory = "/srv/../tmp/./" }),
        Scene.Run("environment-home", ContainerRequest.Script("echo $HOME") with { Env = ["HOME=/own"] }),
        Scene.Run("environment-host-name", ContainerRequest.Script("echo $HOSTNAME; hostname") with { Hostname = "chosen" }),
        Scene.Run("environment-values", ContainerRequest.Script("env | grep ^V | sort") with { Env = ["V1=a=b", "V2=two words", "V3=é", "V4=\"quoted\"", "V5=$HOME"] }),
        Scene.Run("host-name", ContainerRequest.Script("hostname; cat /etc/hostname; grep chosen /etc/hosts") with { Hostname = "chosen.example.org" }),
        Scene.Run("host-name-too-long", ContainerRequest.Script("hostname") with { Hostname = new string('a', 65) }),
        .. new[] { 0, 1, 2, 42, 125, 126, 127, 128, 137, 255 }.Select(code => Scene.Run($"exit-{code}", ContainerRequest.Script($"exit {code}"))),
        Scene.Run("exit-not-found", new ContainerRequest { Command = ["nothing-here"] }),
        Scene.Run("exit-path-not-found", new ContainerRequest { Command = ["/nothing/here"] }),
        Scene.Run("exit-below-a-file", new ContainerRequest { Command = ["/etc/passwd/x"] }),
        Scene.Run("exit-not-executable", new ContainerRequest { Command = ["/bin/noexec"] }),
        Scene.Run("exit-not-executable-by-name", new ContainerRequest { Command = ["noexec"] }),
        Scene.Run("exit-directory", new ContainerRequest { Command = ["/bin"] }),
        Scene.Run("exit-no-program", new ContainerRequest { Command = ["/bin/garbage"] }),
        Scene.Run("exit-no-interpreter", new ContainerRequest { Command = ["/bin/nointerpreter"] }),
        Scene.Run("exit-by-own-signal", ContainerRequest.Script("sh -c 'kill -SEGV $$'; echo $?; kill -TERM $$; echo still here")),
        Scene.Run("exit-before-its-child", ContainerRequest.Script("sleep 100 & exit 3")),
        Scene.Run("init-exit", ContainerRequest.Script("exit 5") with { Init = true }) with { WithoutPodman = Scene.Init },
        Scene.Run("init-own-signal", ContainerRequest.Script("kill -TERM $$") with { Init = true }) with { WithoutPodman = Scene.Init },
        Scene.Run("init-not-found", new ContainerRequest { Command = ["nothing-here"], Init = true }) with { WithoutPodman = Scene.Init },
        Scene.Run("init-processes", ContainerRequest.Script("[ $$ -gt 1 ] || echo first; (sleep 0.01 &); sleep 0.1; ps -o stat | grep -c Z") with { Init = true }) with { WithoutPodman = Scene.Init },
        Scene.Run("no-init-zombie", ContainerRequest.Script("exec sh -c '(sleep 0.01 &) ; sleep 0.1; ps -o stat | grep -c Z'")),
        new("labels", ["values"], stage => stage.Tell("values", Labels(stage, s_rich with { Labels = new Dictionary<string, string> { ["both"] = "container", ["own"] = "1", ["empty"] = "" } }))),
        new("command", ["image", "replaced", "entrypoint"], stage =>
        {
            stage.Tell("image", Command(stage, s_rich));
            stage.Tell("replaced", Command(stage, s_rich with { Command = ["x"] }));
            stage.Tell("entrypoint", Command(stage, s_rich with { Entrypoint = ["y"] }));
        }),
        new("log", ["streams", "order", "no-newline", "long-line"], stage =>
        {
            var folder = stage.NewFolder();
            var container = stage.Started(ContainerRequest.Script("mkfifo /go/one /go/two; echo one; read x < /go/one; echo two >&2; read x < /go/two; echo three; head -c 20000 /dev/zero | tr '\\0' a; echo; printf end") with { Binds = [$"{folder}:/go"] });
            // Each line is in the log before the next is written; to open the FIFO waits for the container to come there.
            foreach (var line in new[] { "one", "two" })
            {
                stage.Host.AwaitLine(container, line);
                File.OpenWrite(Path.Combine(folder, line)).Dispose();
            }
            stage.Host.Wait(container);
            // podman's monitor still writes what it has read when the wait is over; the event comes after that.
            stage.Host.Events.Await(container, "die");
            var lines = stage.Host.ReadLog(container);
            stage.Tell("streams", string.Join('\n', lines.Where(line => line.Length < 10).Order()));
            stage.Tell("order", string.Join('\n', lines.Take(3)));
            stage.Tell("no-newline", lines[^1]);
            stage.Tell("long-line", string.Concat(lines.Select(line => line[2..]).Where(line => line.StartsWith("aaa", StringComparison.Ordinal))).Length);
        }),
        // Of whole and short lines: podman counts a long one, or an unfinished one, as its monitor happened to read it.
        new("log-tail", ["one", "two", "none"], stage =>
        {
            var container = stage.Started(ContainerRequest.Script("echo one; echo two; echo three"));
            stage.Host.Wait(container);
            stage.Host.Events.Await(container, "die");
            stage.Tell("one", string.Join('\n', stage.Host.ReadLog(container, 1)));
            stage.Tell("two", string.Join('\n', stage.Host.ReadLog(container, 2)));
            stage.Tell("none", stage.Host.ReadLog(container, 0).Count);
        }),
    ];

    private static string Labels(Stage stage, ContainerRequest request) =>
        string.Join('\n', stage.Host.Look(stage.Create(request)).Labels.Select(label => $"{label.Key}={label.Value}").Order());

    private static string Command(Stage stage, ContainerRequest request) => string.Join(' ', stage.Host.Look(stage.Create(request)).Command);
}
