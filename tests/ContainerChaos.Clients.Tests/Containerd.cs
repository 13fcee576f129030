using System.Diagnostics;

namespace ContainerChaos.Clients.Tests;

/// <summary>A containerd with directories and a socket of its own, whose runc is ccrun, and an image in it.</summary>
public sealed class Containerd : IDisposable
{
    private const string Image = "localhost/bb:1";

    private readonly TestRoot? _root;
    private readonly Process? _daemon;
    private int _last;

    public Containerd()
    {
        if (ContainerdFactAttribute.Unavailable is not null)
            return;
        _root = new TestRoot();
        File.WriteAllText(_root["config.toml"], $"""
            version = 2
            root = "{_root["root"]}"
            state = "{_root["state"]}"
            disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs",
              "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
            [grpc]
              address = "{_root["sock"]}"
            [ttrpc]
              address = "{_root["sock"]}.ttrpc"
            """);
        _daemon = Process.Start(new ProcessStartInfo("containerd", ["--config", _root["config.toml"]]) { RedirectStandardError = true })!;
        try
        {
            // It says so on its log when it answers.
            var log = new List<string>();
            while (_daemon.StandardError.ReadLine() is { } line && !line.Contains("containerd successfully booted", StringComparison.Ordinal))
                log.Add(line);
            if (_daemon.HasExited)
                throw new InvalidOperationException($"containerd did not start:\n{string.Join('\n', log)}");
            _ = _daemon.StandardError.ReadToEndAsync();
            BusyboxImage.WriteLayout(_root["image.tar"], Image);
            _ = Run("image", "import", "--snapshotter", "native", _root["image.tar"]).Text;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal string NewName() => "c" + Interlocked.Increment(ref _last);

    /// <summary>Any command of ctr's.</summary>
    internal ClientResult Run(params IEnumerable<string> arguments) => ClientProcess.Run("ctr", Global.Concat(arguments));

    /// <summary>Any command, on a terminal.</summary>
    internal ClientResult RunOnTerminal(params IEnumerable<string> arguments) => ClientProcess.RunOnTerminal("ctr", Global.Concat(arguments));

    /// <summary>The events from now on.</summary>
    internal ClientListener Listen() => new("ctr", Global.Append("events"));

    /// <summary><c>run --rm</c> with some options, and a script in the container.</summary>
    internal ClientResult RunScript(string script, params IEnumerable<string> options) =>
        Run(["run", "--rm", .. Arguments(NewName(), options, "sh", "-c", script)]);

    /// <summary>The arguments after the verb that make a container.</summary>
    internal IEnumerable<string> Arguments(string name, IEnumerable<string> options, params IEnumerable<string> command) =>
    [
        "--runtime", "io.containerd.runc.v2", "--runc-binary", TestRoot.CcrunPath, "--runc-root", _root!["runc"], "--fifo-dir", _root["fifo"],
        "--snapshotter", "native", "--cgroup", $"{_root.CgroupParent}/{name}", .. options, Image, name, .. command,
    ];

    /// <summary>A container in the background.</summary>
    internal string Started(params IEnumerable<string> command)
    {
        var name = NewName();
        _ = Run(["run", "--detach", .. Arguments(name, [], command)]).Text;
        return name;
    }

    /// <summary>The state of a container's task, as ctr has it.</summary>
    internal string Status(string name) => Run("task", "ls").Lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Single(cells => cells[0] == name)[2];

    /// <summary>Kills a container and takes it away.</summary>
    internal void Remove(string name)
    {
        // Deletes the task as well, once its first process has ended.
        _ = Run("task", "delete", "--force", name);
        _ = Run("container", "rm", name).Text;
    }

    /// <summary>Ends the daemon, then looks for what it and ccrun left.</summary>
    public void Dispose()
    {
        if (_root is null)
            return;
        try
        {
            if (_daemon is not null)
            {
                using (var pidfd = Linux.PidFd.TryOpen(_daemon.Id))
                    pidfd?.SendSignal(15);
                if (!_daemon.WaitForExit(TimeSpan.FromSeconds(10)))
                    _daemon.Kill();
                _daemon.WaitForExit();
                _daemon.Dispose();
            }
        }
        finally
        {
            _root.Dispose();
        }
    }

    private IEnumerable<string> Global => ["--address", _root!["sock"]];
}
