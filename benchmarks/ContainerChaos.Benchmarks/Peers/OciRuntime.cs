using System.Diagnostics;
using System.Globalization;

namespace ContainerChaos.Benchmarks.Peers;

/// <summary>An OCI runtime's command line: ccrun, crun and runc on the same bundle.</summary>
internal sealed class OciRuntime(Workspace workspace, string name, string? program) : Peer(workspace)
{
    private string bundle = "";
    private string idleBundle = "";

    public override string Name => name;

    public override string? Open()
    {
        if (program is null || !File.Exists(program))
        {
            return $"not installed (apt-get install {name})";
        }

        bundle = Workspace.NewBundle($"{Workspace.Prefix}{name}", ["true"]);
        idleBundle = Workspace.NewBundle($"{Workspace.Prefix}{name}-idle", ["sleep", "100000"]);
        try
        {
            RunTrue();
            return null;
        }
        catch (InvalidOperationException failure)
        {
            return failure.Message;
        }
    }

    public override void RunTrue() => Shell.Run(program!, "run", "--bundle", bundle, Workspace.NextId());

    public override bool Evict()
    {
        PageCache.Evict(program!);
        return true;
    }

    public override IDisposable StartIdle()
    {
        var id = Workspace.NextId();
        Shell.RunQuietly(program!, "run", "--detach", "--bundle", idleBundle, id);
        return new Idle(program!, id);
    }

    // In the foreground: without a supervisor of its own, the exit of `run` is how an OCI runtime tells the container's exit.
    public override IdleContainer? Start(bool restartAlways)
    {
        if (restartAlways)
        {
            return null;
        }

        var id = Workspace.NextId();
        var signal = Workspace.NewSignal(id);
        var pidFile = Path.Combine(signal.Folder, "pid");
        using var written = Sighting.OfFile(signal.Folder, "pid", path => new FileInfo(path) is { Exists: true, Length: > 0 });
        var run = Shell.Start(program!, "run", "--pid-file", pidFile, "--bundle", Workspace.NewBundle(id, StartSignal.Command, signal.Folder), id);
        // Some write the file only after the container has started.
        signal.Wait();
        written.Wait();
        return new Running(id, signal, program!, run, pidFile);
    }

    private sealed class Idle(string program, string id) : IDisposable
    {
        public void Dispose() => Shell.RunQuietly(program, "delete", "--force", id);
    }

    private sealed class Running(string id, StartSignal signal, string program, Process run, string pidFile) : IdleContainer(id, signal)
    {
        public override int Pid => int.Parse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture);

        public override void ExecTrue() => Shell.Run(program, "exec", Id, "true");

        public override Sighting WatchExit() => new(stamp =>
        {
            run.Exited += (_, _) => stamp();
            run.EnableRaisingEvents = true;
            return null;
        });

        protected override void Remove()
        {
            if (!run.HasExited)
            {
                // Not through the tool: `run` deletes the container when its process has ended.
                Crash();
                run.WaitForExit(TimeSpan.FromSeconds(30));
            }

            run.Dispose();
        }
    }
}
