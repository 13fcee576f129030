namespace ContainerChaos.Benchmarks.Peers;

/// <summary>podman with its state in the workspace; conmon supervises each container.</summary>
internal sealed class Podman(Workspace workspace) : ContainerCli(workspace, "podman")
{
    private string State => Path.Combine(Workspace.Root, "podman");

    protected override IReadOnlyList<string> GlobalOptions =>
    [
        "--root", Path.Combine(State, "root"), "--runroot", Path.Combine(State, "run"), "--tmpdir", Path.Combine(State, "tmp"),
        "--cgroup-manager", "cgroupfs", "--events-backend", "none",
    ];

    // podman's defaults ask for more open files and processes than a process without CAP_SYS_RESOURCE may have.
    protected override IReadOnlyList<string> RunOptions { get; } =
        ["--ulimit", "nofile=4096", "--ulimit", "nproc=4096", "--cgroup-parent", $"/{Workspace.Prefix}podman"];

    protected override string Bridge => "podman";

    protected override IReadOnlyList<string> RemoveOptions => ["--time", "0"];

    public override string? Open()
    {
        if (Shell.Find("podman") is not { } program)
        {
            return "not installed (apt-get install podman)";
        }

        Program = program;
        try
        {
            Invoke("import", ["--quiet", Workspace.Tar, Image]);
            RunTrue();
            return null;
        }
        catch (InvalidOperationException failure)
        {
            return failure.Message;
        }
    }

    public override IEnumerable<int> Supervisors(IEnumerable<IdleContainer> containers) => containers.Select(container => ((PodmanContainer)container).ConmonPid);

    public override void Dispose()
    {
        if (Program.Length > 0)
        {
            Shell.Try(Program, [.. GlobalOptions, "rm", "--force", "--all"]);
            RemoveStrayGroups();
        }
    }

    // Where a hierarchy is not mounted, conmon makes plain directories for its group in the tmpfs that they are mounted on.
    private static void RemoveStrayGroups()
    {
        foreach (string folder in Directory.EnumerateDirectories("/sys/fs/cgroup"))
        {
            string stray = Path.Combine(folder, Workspace.Prefix + "podman");
            if (Directory.Exists(stray) && !File.Exists(Path.Combine(stray, "cgroup.procs")))
            {
                Directory.Delete(stray, recursive: true);
            }
        }
    }

    protected override IdleContainer NewContainer(string id, StartSignal signal) => new PodmanContainer(this, id, signal);

    private sealed class PodmanContainer(Podman podman, string id, StartSignal signal) : Running(podman, id, signal)
    {
        public int ConmonPid => int.Parse(File.ReadAllText(Inspect("{{.ConmonPidFile}}")), System.Globalization.CultureInfo.InvariantCulture);

        // conmon writes the exit code to a file of the container's id.
        public override Sighting WatchExit() => Sighting.OfFile(Directory.CreateDirectory(Path.Combine(podman.State, "tmp", "exits")).FullName, Inspect("{{.Id}}"));
    }
}
