using System.Text.Json.Nodes;
using ContainerChaos.Linux;

namespace ContainerChaos.Benchmarks;

/// <summary>
/// One temporary directory with the root file system (busybox) as a tree, a tar and OCI bundles. Every container's id starts
/// with <see cref="Prefix"/>, so that whatever a tool leaves behind can be found and is ours to remove.
/// </summary>
internal sealed class Workspace : IDisposable
{
    public const string Prefix = "ccbench-";

    private int next;

    public Workspace()
    {
        Root = Directory.CreateTempSubdirectory(Prefix).FullName;
        RootFileSystem = Path.Combine(Root, "rootfs");
        foreach (var folder in new[] { "bin", "proc", "sys", "dev", "bench" })
        {
            Directory.CreateDirectory(Path.Combine(RootFileSystem, folder));
        }

        var busybox = Shell.Find("busybox") ?? throw new InvalidOperationException("busybox is missing: apt-get install busybox-static");
        File.Copy(busybox, Path.Combine(RootFileSystem, "bin", "busybox"));
        foreach (var applet in new[] { "true", "sh", "sleep" })
        {
            File.CreateSymbolicLink(Path.Combine(RootFileSystem, "bin", applet), "busybox");
        }

        Tar = Path.Combine(Root, "rootfs.tar");
        System.Formats.Tar.TarFile.CreateFromDirectory(RootFileSystem, Tar, includeBaseDirectory: false);
    }

    public string Root { get; }

    public string RootFileSystem { get; }

    public string Tar { get; }

    public string NextId() => $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref next)}";

    /// <summary>A named pipe in a directory of its own, for a container to say that it runs.</summary>
    public StartSignal NewSignal(string id)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, "signals", id)).FullName;
        Fifo.Create(Path.Combine(folder, "fifo"));
        return new StartSignal(folder);
    }

    /// <summary>Writes an OCI bundle that runs <paramref name="command"/>, with <paramref name="mount"/> (if any) at /bench.</summary>
    public string NewBundle(string id, IEnumerable<string> command, string? mount = null)
    {
        var bundle = Directory.CreateDirectory(Path.Combine(Root, "bundles", id)).FullName;
        var config = JsonNode.Parse(Specification)!;
        config["root"]!["path"] = RootFileSystem;
        config["process"]!["args"] = new JsonArray([.. command.Select(argument => JsonValue.Create(argument))]);
        if (mount is not null)
        {
            config["mounts"]!.AsArray().Add(new JsonObject
            {
                ["destination"] = "/bench",
                ["type"] = "bind",
                ["source"] = mount,
                ["options"] = new JsonArray("bind", "rw"),
            });
        }

        File.WriteAllText(Path.Combine(bundle, "config.json"), config.ToJsonString());
        return bundle;
    }

    public void Dispose()
    {
        // Storage drivers keep mounts of their own; the deepest go first.
        foreach (var mount in MountPoints().OrderByDescending(path => path.Length))
        {
            Shell.Try("umount", "--lazy", mount);
        }

        RemoveGroups();
        Directory.Delete(Root, recursive: true);
    }

    private IEnumerable<string> MountPoints() => File.ReadAllLines("/proc/self/mounts")
        .Select(line => line.Split(' ')[1])
        .Where(path => path.StartsWith($"{Root}/", StringComparison.Ordinal));

    // Only groups that carry the benchmark's prefix; runtimes leave parents behind.
    private static void RemoveGroups()
    {
        foreach (var hierarchy in Directory.EnumerateDirectories("/sys/fs/cgroup").Prepend("/sys/fs/cgroup").Where(folder => File.Exists(Path.Combine(folder, "cgroup.procs"))))
        {
            foreach (var group in Directory.EnumerateDirectories(hierarchy, $"{Prefix}*"))
            {
                foreach (var folder in Directory.EnumerateDirectories(group, "*", SearchOption.AllDirectories).Append(group).OrderByDescending(path => path.Length))
                {
                    try
                    {
                        Directory.Delete(folder);
                    }
                    catch (IOException)
                    {
                        Console.Error.WriteLine($"clean-up: {folder} is still in use");
                    }
                }
            }
        }
    }

    // What `runc spec` writes, without a terminal and resource limits: the same file for every OCI runtime.
    private const string Specification =
        """
        {
          "ociVersion": "1.0.2",
          "process": {
            "terminal": false, "user": { "uid": 0, "gid": 0 }, "cwd": "/", "noNewPrivileges": true,
            "args": [], "env": [ "PATH=/bin" ],
            "capabilities": {
              "bounding": [ "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE" ],
              "effective": [ "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE" ],
              "permitted": [ "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE" ]
            }
          },
          "root": { "path": "rootfs", "readonly": false },
          "hostname": "bench",
          "mounts": [
            { "destination": "/proc", "type": "proc", "source": "proc" },
            { "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": [ "nosuid", "strictatime", "mode=755", "size=65536k" ] },
            { "destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": [ "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620" ] },
            { "destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": [ "nosuid", "noexec", "nodev", "mode=1777", "size=65536k" ] },
            { "destination": "/sys", "type": "sysfs", "source": "sysfs", "options": [ "nosuid", "noexec", "nodev", "ro" ] }
          ],
          "linux": {
            "resources": { "devices": [ { "allow": false, "access": "rwm" } ] },
            "namespaces": [ { "type": "pid" }, { "type": "network" }, { "type": "ipc" }, { "type": "uts" }, { "type": "mount" } ],
            "maskedPaths": [ "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware" ],
            "readonlyPaths": [ "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger" ]
          }
        }
        """;
}
