using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Testing;

/// <summary>A container made of nothing but its two files and directories, run by the real ccrun. Waits are for events, and end.</summary>
public sealed class TestContainer : IDisposable
{
    private TestContainer(ContainerDefinition definition, RuntimeSpec spec, ContainerPaths paths)
    {
        Definition = definition;
        Spec = spec;
        Paths = paths;
        Cgroup = CgroupHost.Current.Group(spec.Linux!.CgroupsPath!);
    }

    public ContainerDefinition Definition { get; }

    public RuntimeSpec Spec { get; }

    public ContainerPaths Paths { get; }

    public Cgroup Cgroup { get; }

    /// <summary>What its monitor last wrote.</summary>
    public ContainerState State => JsonFile.TryRead(Paths.State, SupervisorJson.ContainerState) ?? new ContainerState();

    /// <summary>The host's PID of PID 1.</summary>
    public int Pid => State.Pid;

    /// <summary>Writes a container's files. The root holds the static program target at /target; there is nothing else in it.</summary>
    /// <param name="root">Where.</param>
    /// <param name="command">The command; its first word is target's own unless it is a path.</param>
    /// <param name="definition">Changes what a container is by default.</param>
    /// <param name="spec">Changes Docker's defaults.</param>
    public static TestContainer Create(
        TestRoot root, IReadOnlyList<string> command, Func<ContainerDefinition, ContainerDefinition>? definition = null, Func<RuntimeSpec, RuntimeSpec>? spec = null)
    {
        var id = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()).PadRight(64, '0');
        var paths = new ContainerPaths(Path.Combine(root.DataRoot, "containers", id), Path.Combine(root.RunRoot, id));
        foreach (var directory in new[] { paths.Upper, paths.Work, paths.RootFileSystem })
            Directory.CreateDirectory(directory);
        string[] arguments = [.. command[0].StartsWith('/') ? [] : new[] { "/target" }, .. command];
        var made = new ContainerDefinition { Id = id, Name = "tested-" + id[..6], Command = arguments, LowerDirs = [Layer(root)], CreatedAt = DateTimeOffset.UtcNow };
        made = definition?.Invoke(made) ?? made;
        var config = DockerDefaults.Spec($"{root.CgroupParent}/{id}", arguments);
        config = spec?.Invoke(config) ?? config;
        JsonFile.Write(paths.Definition, made, SupervisorJson.ContainerDefinition);
        JsonFile.Write(paths.Spec, config, SupervisorJson.RuntimeSpec);
        return new TestContainer(made, config, paths);
    }

    /// <summary>The read-only layer that a test's containers share.</summary>
    public static string Layer(TestRoot root)
    {
        var layer = Path.Combine(root.DataRoot, "layers", "base");
        var target = Path.Combine(layer, "target");
        lock (root)
        {
            if (!File.Exists(target))
            {
                Directory.CreateDirectory(layer);
                File.Copy(TestRoot.TargetPath, target);
            }
        }
        return layer;
    }

    public ContainerState Start() => MonitorLauncher.Start(TestRoot.CcrunPath, Paths);

    public ContainerState Adopt() => MonitorLauncher.Adopt(TestRoot.CcrunPath, Paths);

    /// <summary>A connection to the monitor, which must be there.</summary>
    public MonitorClient Connect() => MonitorClient.TryConnect(Paths) ?? throw new InvalidOperationException($"No monitor runs; the container is {State}.");

    /// <summary>Asks the monitor for one thing.</summary>
    public T Ask<T>(Func<MonitorClient, T> request)
    {
        using var client = Connect();
        return request(client);
    }

    /// <summary>Waits until the container is finally down, and says how.</summary>
    public ContainerState WaitForExit()
    {
        try
        {
            using var client = MonitorClient.TryConnect(Paths);
            return client?.WaitForExit(Patience.Token) ?? State;
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.MonitorLost)
        {
            // It ended between the two; its last word is on disk.
            return State;
        }
    }

    /// <summary>Starts it and waits for its end.</summary>
    public ContainerState Run()
    {
        Start();
        return WaitForExit();
    }

    /// <summary>Everything it has written to a stream so far, put together from its log.</summary>
    public string Output(string stream = "stdout")
    {
        var text = new StringBuilder();
        foreach (var (log, name) in LogLines())
            text.Append(name == stream ? log : "");
        return text.ToString();
    }

    /// <summary>The log's lines, text and stream.</summary>
    public IEnumerable<(string Log, string Stream)> LogLines()
    {
        foreach (var line in CompleteLines(Paths.Log))
        {
            using var document = JsonDocument.Parse(line);
            yield return (document.RootElement.GetProperty("log").GetString()!, document.RootElement.GetProperty("stream").GetString()!);
        }
    }

    /// <summary>The events so far, oldest first, whichever monitor wrote them.</summary>
    public IReadOnlyList<ContainerEvent> Events() =>
        [.. CompleteLines(Paths.Events).Select(line => SupervisorJson.ContainerEvent.Read(Encoding.UTF8.GetBytes(line), "a line"))];

    /// <summary>Waits until it has written a text.</summary>
    public void WaitForOutput(string text, string stream = "stdout") => Await($"output of '{text}'", () => Output(stream).Contains(text, StringComparison.Ordinal));

    /// <summary>Waits for an event.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="count">Which one of that type, counted from 1.</param>
    public ContainerEvent WaitForEvent(string type, int count = 1)
    {
        ContainerEvent? found = null;
        Await($"event {count} of type {type}", () => (found = Events().Where(e => e.Type == type).ElementAtOrDefault(count - 1)) is not null);
        return found!;
    }

    /// <summary>Waits until something about the container's files is so; looked at again after each change of them.</summary>
    public void Await(string what, Func<bool> condition)
    {
        using var watch = new DirectoryWatch(Paths.ContainerDirectory);
        var patience = Patience.Token;
        try
        {
            while (!condition())
                watch.Wait(patience);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Waited in vain for {what}. State: {State}\nEvents: {string.Join(", ", Events().Select(e => e.Type))}\nOutput: {Output()}{Output("stderr")}");
        }
    }

    /// <summary>Waits for the end of a process of the host.</summary>
    public static void AwaitEnd(int pid)
    {
        using var process = PidFd.TryOpen(pid);
        if (process is null)
            return;
        using var poll = new EventPoll();
        poll.Add(process, EventPollFlags.EPOLLIN, 0);
        if (poll.Wait(Patience.Limit, static (_, _) => { }) == 0)
            throw new TimeoutException($"Process {pid} did not end.");
    }

    /// <summary>SIGKILL to the monitor, as a fault does it; returns when it is gone.</summary>
    public void KillMonitor()
    {
        var pid = State.MonitorPid;
        using (var monitor = PidFd.Open(pid))
            monitor.SendSignal(9);
        AwaitEnd(pid);
    }

    /// <summary>SIGKILL to PID 1 by its host's PID, behind the monitor's back: a crash.</summary>
    public void Crash(int signal = 9)
    {
        using var process = PidFd.Open(Pid);
        process.SendSignal(signal);
    }

    /// <summary>Runs a command in it, to the end.</summary>
    public ExecResult Execute(params string[] command) => Execute(DockerDefaults.Process([.. command[0].StartsWith('/') ? [] : new[] { "/target" }, .. command]));

    public ExecResult Execute(ProcessSpec process, FileDescriptor? input = null)
    {
        var (output, outputWriter) = FileDescriptor.Pipe();
        var (error, errorWriter) = FileDescriptor.Pipe();
        using (output)
        using (error)
        {
            var client = Connect();
            ExecSession session;
            using (outputWriter)
            using (errorWriter)
            using (var nothing = FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY))
            {
                try
                {
                    session = client.Execute(process, input ?? nothing, outputWriter, errorWriter);
                }
                catch
                {
                    client.Dispose();
                    throw;
                }
            }
            using (session)
            {
                var errors = Task.Run(() => ReadToEnd(error));
                var text = ReadToEnd(output);
                return new ExecResult(session.WaitForExit(Patience.Token), text, errors.Result);
            }
        }
    }

    /// <summary>Ends it as an operator does, through a new monitor if its own was killed, and removes its files.</summary>
    public void Dispose()
    {
        try
        {
            if (State.Status is ContainerStatus.Running or ContainerStatus.Paused or ContainerStatus.Restarting)
            {
                using var client = MonitorClient.TryConnect(Paths) ?? ConnectToSuccessor();
                client?.Stop(TimeSpan.Zero, Patience.Token);
            }
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.MonitorLost)
        {
            // It ended by itself meanwhile.
        }
        AwaitMonitor();
        // Whatever the state says: a monitor that lives writes its files anew. It holds the lock to its end.
        var waited = Stopwatch.StartNew();
        while (Supervisor.ContainerRemoval.IsLocked(Paths) && waited.Elapsed < Patience.Limit)
            Thread.Sleep(1);
        Directory.Delete(Paths.ContainerDirectory, recursive: true);
    }

    /// <summary>Waits until the monitor is gone: it is the last to leave.</summary>
    public void AwaitMonitor()
    {
        // By its name: of a process that is ending, the command line can't be read any more.
        if (State is { Status: ContainerStatus.Exited or ContainerStatus.Created, MonitorPid: > 0 and var pid } && ProcessStat.TryRead(pid, out var stat) && stat.Name is "ccrun-monitor" or "exe")
            AwaitEnd(pid);
    }

    private MonitorClient? ConnectToSuccessor()
    {
        Adopt();
        return MonitorClient.TryConnect(Paths);
    }

    private static IEnumerable<string> CompleteLines(string path)
    {
        string text;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file);
            text = reader.ReadToEnd();
        }
        catch (FileNotFoundException)
        {
            return [];
        }
        // What follows the last newline is being written.
        var lines = text.Split('\n');
        return lines[..^1];
    }

    private static string ReadToEnd(FileDescriptor pipe)
    {
        using var bytes = new MemoryStream();
        Span<byte> buffer = stackalloc byte[4096];
        while (pipe.Read(buffer) is > 0 and var count)
            bytes.Write(buffer[..count]);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
