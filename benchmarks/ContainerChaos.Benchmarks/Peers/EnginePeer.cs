using ContainerChaos.Engine;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Benchmarks.Peers;

/// <summary>Our engine, called in this process, as a warm PowerShell session calls it.</summary>
internal sealed class EnginePeer(Workspace workspace, string binaries) : Peer(workspace)
{
    private const string Image = "ccbench:latest";

    private ContainerEngine engine = null!;

    public override string Name => "engine";

    public override string? Open()
    {
        engine = new ContainerEngine(new EngineOptions
        {
            DataRoot = Path.Combine(Workspace.Root, "engine", "data"),
            RunRoot = Path.Combine(Workspace.Root, "engine", "run"),
            CcrunPath = Path.Combine(binaries, "ccrun"),
            TargetPath = Path.Combine(binaries, "target"),
            CgroupParent = $"/{Workspace.Prefix}engine",
            DefaultNetwork = "none",
        });
        try
        {
            engine.Images.Import(Workspace.Tar, Image, new ImportOptions { Env = ["PATH=/bin"] });
            RunTrue();
            return null;
        }
        catch (Exception failure) when (failure is Runtime.ContainerException or NotImplementedException)
        {
            return failure.Message;
        }
    }

    public override void RunTrue() => Run("none");

    public override bool RunTrueOnBridge()
    {
        Run("bridge");
        return true;
    }

    public override PublishedContainer StartPublished(int hostPort)
    {
        var created = engine.Create(new ContainerCreateOptions { Image = Image, Network = "bridge", Publish = [$"{hostPort}:80"], Command = ["sleep", "100000"] });
        var container = engine.Start(created.Id);
        return new PublishedContainer(container.Pid!.Value, container.IPAddress!, () => engine.Remove(container.Id, force: true));
    }

    private void Run(string network)
    {
        var container = engine.Create(new ContainerCreateOptions { Image = Image, Network = network, Command = ["true"] });
        engine.Start(container.Id);
        engine.Wait(container.Id);
        engine.Remove(container.Id);
    }

    public override IdleContainer Start(bool restartAlways)
    {
        var id = Workspace.NextId();
        var signal = Workspace.NewSignal(id);
        engine.Create(new ContainerCreateOptions
        {
            Name = id,
            Image = Image,
            Command = StartSignal.Command,
            Volumes = [$"{signal.Folder}:/bench"],
            RestartPolicy = restartAlways ? new RestartPolicy(RestartPolicyKind.Always, 0) : RestartPolicy.No,
            RestartDelay = RestartDelay.None,
        });
        engine.Start(id);
        signal.Wait();
        return new EngineContainer(engine, id, signal);
    }

    public override IDisposable StartIdle()
    {
        var container = engine.Create(new ContainerCreateOptions { Image = Image, Command = ["sleep", "100000"] });
        engine.Start(container.Id);
        return new Idle(engine, container.Id);
    }

    public override IEnumerable<int> Supervisors(IEnumerable<IdleContainer> containers) => containers.Select(container => ((EngineContainer)container).MonitorPid);

    public override void Dispose()
    {
        foreach (var container in engine?.List() ?? [])
        {
            engine!.Remove(container.Id, force: true);
        }
    }

    private sealed class Idle(ContainerEngine engine, string id) : IDisposable
    {
        public void Dispose() => engine.Remove(id, force: true);
    }

    private sealed class EngineContainer(ContainerEngine engine, string id, StartSignal signal) : IdleContainer(id, signal)
    {
        private string StateFile => Path.Combine(engine.Options.DataRoot, "containers", engine.Get(Id).Id, "state.json");

        public override int Pid => engine.GetProcessId(Id) ?? throw new InvalidOperationException($"{Id} does not run");

        public int MonitorPid => (int)System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(StateFile))!["monitorPid"]!;

        public override void ExecTrue() => engine.Invoke(Id, new ContainerCommandOptions { Command = ["true"] });

        // What an outsider sees: state.json renamed into place with the exit in it.
        public override Sighting WatchExit() => Sighting.OfFile(
            Path.GetDirectoryName(StateFile)!, "state.json", path => File.ReadAllText(path).Contains("exited", StringComparison.OrdinalIgnoreCase));

        protected override void Remove() => engine.Remove(Id, force: true);
    }
}
