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

    protected abstract IdleContainer NewContainer(string id, StartSignal signal);

    protected string Invoke(string verb, IEnumerable<string> arguments) => Shell.Run(Program, [.. GlobalOptions, verb, .. arguments]);

    protected abstract class Running(ContainerCli cli, string id, StartSignal signal) : IdleContainer(id, signal)
    {
        public override int Pid => int.Parse(Inspect("{{.State.Pid}}"), CultureInfo.InvariantCulture);

        public override void ExecTrue() => cli.Invoke("exec", [Id, "true"]);

        protected override void Remove() => cli.Invoke("rm", ["--force", "--volumes", Id]);

        protected string Inspect(string format) => cli.Invoke("inspect", ["--format", format, Id]);
    }
}
