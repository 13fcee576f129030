using System.Diagnostics;
using System.Text.Json.Nodes;
using ContainerChaos.Linux;

namespace ContainerChaos.Differential.Tests;

/// <summary>podman's service of Docker's API, with storage of its own, and runc.</summary>
internal sealed class PodmanHost(string images) : DaemonHost(new TestRoot(), images, Serve)
{
    protected override string CgroupParent => Root.CgroupParent;

    // What it calls one whose processes are gone and whose mounts are not, for a moment.
    public override Sight Look(string container) => base.Look(container) is { State: "stopped" } seen ? seen with { State = "exited" } : base.Look(container);

    protected override void CleanUp()
    {
        EndMonitors();
        foreach (var mount in MountInfo.ReadSelf().Where(mount => mount.MountPoint.StartsWith(Root.Directory + "/", StringComparison.Ordinal)).Reverse())
            Process.Start("umount", [mount.MountPoint]).WaitForExit();
    }

    // Those of commands, which wait out their delay.
    private void EndMonitors()
    {
        foreach (var pid in ProcessList.Pids().ToArray())
        {
            using var process = PidFd.TryOpen(pid);
            if (process is null || !ProcessCommandLine.Mentions(pid, Root.Directory))
                continue;
            process.SendSignal(9);
            using var watch = new DirectoryWatch("/proc/self");
            while (watch.Wait(CancellationToken.None, process))
            {
            }
        }
    }

    protected override string? Describe(string verb, JsonNode attributes) => base.Describe(verb, attributes) switch
    {
        // What its monitor does beside, that Docker does not tell.
        "init" or "cleanup" => null,
        "died" => $"die {attributes["containerExitCode"]}",
        "remove" => "destroy",
        var other => other,
    };

    private static Daemon Serve(TestRoot root)
    {
        // Its own default for limits is more than some hosts give. A command's monitor stays for five minutes by default, only to take its record away.
        File.WriteAllText(root["containers.conf"], """
            [containers]
            default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
            [engine]
            exit_command_delay = 20
            """);
        // vfs, because overlay keeps a mount of its own on its directory.
        return new Daemon(
            Programs.Find("podman")!,
            [
                "--root", root["storage"], "--runroot", root["runroot"], "--tmpdir", root["tmp"], "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs",
                "--events-backend", "file", "--runtime", "runc", "--log-level", "info", "system", "service", "--time", "0", "unix://" + root["sock"],
            ],
            "API service listening on", new Dictionary<string, string> { ["CONTAINERS_CONF"] = root["containers.conf"] });
    }
}
