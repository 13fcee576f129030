using System.Globalization;

namespace ContainerChaos.Benchmarks.Peers;

/// <summary>What podman and docker have in common: the same verbs on their own state directories.</summary>
internal abstract class ContainerCli(Workspace workspace, string name) : Peer(workspace)
{
    protected const string Image = "ccbench";

    public override string Name => name;

    protected string Program { get; set; } = "";

    /// <summary>Options that go before the verb.</summary>
    protected abstract IReadOnlyList<string> GlobalOptions { get; }

    /// <summary>Options of this tool's <c>run</c>, beyond those used here.</summary>
    protected virtual IReadOnlyList<string> RunOptions => [];

    public override void RunTrue() => Invoke("run", ["--rm", "--network", "none", .. RunOptions, Image, "true"]);

    public override IdleContainer Start(bool restartAlways)
    {
        var id = Workspace.NextId();
        var signal = Workspace.NewSignal(id);
        string[] restart = restartAlways ? ["--restart", "always"] : [];
        Invoke("run", ["--detach", "--name", id, "--network", "none", "--volume", $"{signal.Folder}:/bench", .. restart, .. RunOptions, Image, .. StartSignal.Command]);
        signal.Wait();
        return NewContainer(id, signal);
    }

    /// <summary>What makes <c>rm --force</c> kill at once.</summary>
    protected virtual IReadOnlyList<string> RemoveOptions => [];

    /// <summary>The name of its default bridge.</summary>
    protected abstract string Bridge { get; }

    public override bool RunTrueOnBridge()
    {
        Invoke("run", ["--rm", "--network", Bridge, .. RunOptions, Image, "true"]);
        return true;
    }

    public override PublishedContainer StartPublished(int hostPort)
    {
        var id = Workspace.NextId();
        Invoke("run", ["--detach", "--name", id, "--network", Bridge, "--publish", $"{hostPort}:80", .. RunOptions, Image, "sleep", "100000"]);
        var pid = int.Parse(Invoke("inspect", ["--format", "{{.State.Pid}}", id]), CultureInfo.InvariantCulture);
        return new PublishedContainer(pid, Invoke("inspect", ["--format", "{{.NetworkSettings.IPAddress}}", id]), () => Invoke("rm", ["--force", .. RemoveOptions, id]));
    }

    public override IFleet StartFleet(string prefix, int count)
    {
        // As many at a time as their users would: neither does better with more on two cores.
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            Invoke("run", ["--detach", "--name", $"{prefix}{i}", "--network", Bridge, .. RunOptions, Image, "sleep", "100000"]));
        return new Fleet(this, prefix, count);
    }

    protected abstract IdleContainer NewContainer(string id, StartSignal signal);

    protected string Invoke(string verb, IEnumerable<string> arguments) => Shell.Run(Program, [.. GlobalOptions, verb, .. arguments]);

    private sealed class Fleet(ContainerCli cli, string prefix, int count) : IFleet
    {
        public void List() => cli.Invoke("ps", ["--all"]);

        public void Remove() => cli.Invoke("rm", ["--force", .. cli.RemoveOptions, .. Enumerable.Range(0, count).Select(i => $"{prefix}{i}")]);
    }

    protected abstract class Running(ContainerCli cli, string id, StartSignal signal) : IdleContainer(id, signal)
    {
        public override int Pid => int.Parse(Inspect("{{.State.Pid}}"), CultureInfo.InvariantCulture);

        public override void ExecTrue() => cli.Invoke("exec", [Id, "true"]);

        protected override void Remove() => cli.Invoke("rm", ["--force", "--volumes", Id]);

        protected string Inspect(string format) => cli.Invoke("inspect", ["--format", format, Id]);
    }
}
