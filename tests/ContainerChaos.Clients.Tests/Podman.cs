using ContainerChaos.Linux;

namespace ContainerChaos.Clients.Tests;

/// <summary>A podman with storage, state and control groups of its own, whose runtime is ccrun, and an image in it.</summary>
public sealed class Podman : IDisposable
{
    private const string Image = "localhost/bb";

    private readonly TestRoot? _root;
    private int _last;

    public Podman()
    {
        if (PodmanFactAttribute.Unavailable is not null)
            return;
        _root = new TestRoot();
        BusyboxImage.WriteLayer(_root["layer.tar"]);
        _ = Run("import", _root["layer.tar"], Image).Text;
    }

    internal string NewName() => "c" + Interlocked.Increment(ref _last);

    /// <summary>Any command of podman's.</summary>
    internal ClientResult Run(params IEnumerable<string> arguments) => ClientProcess.Run("podman", Global.Concat(arguments));

    /// <summary>Any command, from a directory.</summary>
    internal ClientResult RunFrom(string directory, params IEnumerable<string> arguments) => ClientProcess.Run("podman", Global.Concat(arguments), directory);

    /// <summary>Any command, on a terminal.</summary>
    internal ClientResult RunOnTerminal(params IEnumerable<string> arguments) => ClientProcess.RunOnTerminal("podman", Global.Concat(arguments));

    /// <summary>A command that goes on telling.</summary>
    internal ClientListener Listen(params IEnumerable<string> arguments) => new("podman", Global.Concat(arguments));

    /// <summary><c>run --rm</c> with some options, and a script in the container.</summary>
    internal ClientResult RunScript(string script, params IEnumerable<string> options) => Run(["run", "--rm", .. Options(options), Image, "sh", "-c", script]);

    /// <summary>The arguments after the verb that make a container.</summary>
    internal IEnumerable<string> Arguments(IEnumerable<string> options, params IEnumerable<string> command) => [.. Options(options), Image, .. command];

    /// <summary>A container in the background.</summary>
    internal string Started(IEnumerable<string> options, params IEnumerable<string> command)
    {
        var name = NewName();
        _ = Run(["run", "--detach", "--name", name, .. Arguments(options, command)]).Text;
        return name;
    }

    internal string Inspect(string name, string format) => Run("inspect", name, "--format", format).Text;

    /// <summary>Where podman keeps what belongs to the container and no image.</summary>
    internal string BundleOf(string name) => Path.Combine(_root!["storage"], "vfs-containers", Inspect(name, "{{.Id}}"), "userdata");

    /// <summary>Removes what is left of the containers, then looks for what podman and ccrun left themselves.</summary>
    public void Dispose()
    {
        if (_root is null)
            return;
        try
        {
            Run("rm", "--all", "--force", "--time", "0");
            foreach (var mount in MountInfo.ReadSelf().Where(m => m.MountPoint.StartsWith(_root.Directory + "/", StringComparison.Ordinal)).Reverse())
                ClientProcess.Run("umount", [mount.MountPoint]);
            // podman makes a group for its monitors and leaves it.
            CgroupHost.Current.Group(_root.CgroupParent + "/conmon", CgroupMembership.All).TryDelete();
        }
        finally
        {
            _root.Dispose();
        }
    }

    // vfs, because overlay keeps a mount of its own on its directory; no network, because a test needs none.
    private IEnumerable<string> Global =>
    [
        "--root", _root!["storage"], "--runroot", _root["runroot"], "--tmpdir", _root["tmp"], "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs",
        "--events-backend", "file", "--runtime", TestRoot.CcrunPath,
    ];

    private IEnumerable<string> Options(IEnumerable<string> options) => ["--network", "none", "--cgroup-parent", _root!.CgroupParent, .. options];
}
