using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace ContainerChaos.Benchmarks.Peers;

/// <summary>docker with a daemon of its own, on a private data root and socket; its bridge and its rules are in the network namespace of the run.</summary>
internal sealed class Docker(Workspace workspace) : ContainerCli(workspace, "docker")
{
    private Process? daemon;
    private string? reason;

    private string State => Path.Combine(Workspace.Root, "docker");

    private string SocketPath => Path.Combine(State, "docker.sock");

    protected override IReadOnlyList<string> GlobalOptions => ["--host", $"unix://{SocketPath}"];

    protected override IReadOnlyList<string> RunOptions => ["--cgroup-parent", $"/{Workspace.Prefix}docker"];

    protected override string Bridge => "bridge";

    public override string? Open()
    {
        if (Shell.Find("dockerd") is not { } daemonProgram || Shell.Find("docker") is not { } program)
        {
            return "not installed (apt-get install docker.io)";
        }

        Program = program;
        try
        {
            StartDaemon(daemonProgram);
            Invoke("import", [Workspace.Tar, Image]);
            RunTrue();
            return null;
        }
        catch (Exception failure) when (failure is InvalidOperationException or TimeoutException)
        {
            return reason ?? failure.Message;
        }
    }

    // A shim for each container, known by the address of this daemon's containerd.
    public override IEnumerable<int> Supervisors(IEnumerable<IdleContainer> containers) =>
        from folder in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(folder)
        where int.TryParse(name, out _)
        let commandLine = ReadCommandLine(name)
        where commandLine.Contains("containerd-shim", StringComparison.Ordinal) && commandLine.Contains(State, StringComparison.Ordinal)
        select int.Parse(name, System.Globalization.CultureInfo.InvariantCulture);

    public override void Dispose()
    {
        if (daemon is null)
        {
            return;
        }

        if (!daemon.HasExited)
        {
            var left = Shell.Run(Program, [.. GlobalOptions, "ps", "--all", "--quiet"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (left.Length > 0)
            {
                Shell.Try(Program, [.. GlobalOptions, "rm", "--force", .. left]);
            }

            Shell.Try("kill", "-TERM", $"{daemon.Id}");
            if (!daemon.WaitForExit(TimeSpan.FromSeconds(20)))
            {
                daemon.Kill(entireProcessTree: true);
            }
        }

        daemon.Dispose();
    }

    protected override IdleContainer NewContainer(string id, StartSignal signal) => new DockerContainer(this, id, signal);

    private void StartDaemon(string program)
    {
        Directory.CreateDirectory(State);
        daemon = Shell.Start(program,
            "--data-root", Path.Combine(State, "data"), "--exec-root", Path.Combine(State, "exec"), "--pidfile", Path.Combine(State, "docker.pid"),
            "--host", $"unix://{SocketPath}", "--bip", "172.30.0.1/16");
        var ready = new TaskCompletionSource<bool>();
        daemon.EnableRaisingEvents = true;
        daemon.Exited += (_, _) => ready.TrySetResult(false);
        daemon.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("API listen on", StringComparison.Ordinal) == true)
            {
                ready.TrySetResult(true);
            }

            reason = line.Data ?? reason;
        };
        daemon.BeginErrorReadLine();
        daemon.BeginOutputReadLine();
        if (!ready.Task.Wait(TimeSpan.FromSeconds(60)) || !ready.Task.Result)
        {
            throw new TimeoutException("dockerd does not start");
        }

        reason = null;
    }

    private static string ReadCommandLine(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    private sealed class DockerContainer(Docker docker, string id, StartSignal signal) : Running(docker, id, signal)
    {
        // The daemon's event stream, read from its socket: the first one outside it to know.
        public override Sighting WatchExit() => new(stamp =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(docker.SocketPath));
            var filters = Uri.EscapeDataString($$"""{"event":["die"],"container":["{{Id}}"]}""");
            socket.Send(Encoding.ASCII.GetBytes($"GET /events?filters={filters} HTTP/1.1\r\nHost: docker\r\n\r\n"));
            var buffer = new byte[8192];
            // The header comes at once; only then is the subscription in place.
            socket.Receive(buffer);
            _ = Task.Factory.StartNew(
                () =>
                {
                    var text = "";
                    while (!text.Contains("\"die\"", StringComparison.Ordinal))
                    {
                        var count = socket.Receive(buffer);
                        if (count == 0)
                        {
                            return;
                        }

                        text += Encoding.UTF8.GetString(buffer, 0, count);
                    }

                    stamp();
                },
                TaskCreationOptions.LongRunning);
            return socket;
        });
    }
}
