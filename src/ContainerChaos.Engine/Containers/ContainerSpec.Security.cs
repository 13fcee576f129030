using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

// What the container is kept from, and what it shares.
internal static partial class ContainerSpec
{
    // moby, oci/defaults.go.
    private static readonly string[] s_maskedPaths =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] s_readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <summary>A set for a user. For another than root, execve(2) would clear two of the sets anyway (capabilities(7)); Docker leaves them out as well.</summary>
    public static CapabilitiesSpec CapabilitiesOf(ImageUser user, IReadOnlyList<string> capabilities) => new()
    {
        Bounding = capabilities,
        Permitted = user.UserId == 0 ? capabilities : [],
        Effective = user.UserId == 0 ? capabilities : [],
    };

    private static IEnumerable<MountSpec> Mounts(ContainerCreateOptions options)
    {
        var access = options.Privileged ? "rw" : "ro";
        yield return new() { Destination = "/proc", Type = "proc", Source = "proc", Options = ["nosuid", "noexec", "nodev"] };
        yield return new() { Destination = "/dev", Type = "tmpfs", Source = "tmpfs", Options = ["nosuid", "strictatime", "mode=755", "size=65536k"] };
        yield return new() { Destination = "/dev/pts", Type = "devpts", Source = "devpts", Options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] };
        if (SharedMemory(options) is { } memory)
            yield return memory;
        // A new mount of the host's namespace shows the host's queues as well, but an ordinary user may not make one.
        if (options.Ipc != "host" || OrdinaryUser.Maps is null)
            yield return new() { Destination = "/dev/mqueue", Type = "mqueue", Source = "mqueue", Options = ["nosuid", "noexec", "nodev"] };
        else if (Directory.Exists("/dev/mqueue"))
            yield return new() { Destination = "/dev/mqueue", Type = "bind", Source = "/dev/mqueue", Options = ["rbind", "nosuid", "noexec", "nodev"] };
        yield return new() { Destination = "/sys", Type = "sysfs", Source = "sysfs", Options = ["nosuid", "noexec", "nodev", access] };
        yield return new() { Destination = "/sys/fs/cgroup", Type = "cgroup", Source = "cgroup", Options = ["nosuid", "noexec", "nodev", "relatime", access] };
        if (OrdinaryUser.Maps is null)
            yield break;
        foreach (var text in options.Devices)
        {
            // The devices of a directory lie below it on both sides.
            var parts = text.Split(':');
            foreach (var device in DeviceArgument.Parse(text, options.Name ?? options.Image).Devices)
            {
                var destination = parts.Length > 1 && parts[1].StartsWith('/') ? parts[1] : parts[0];
                yield return new() { Destination = device.Path, Type = "bind", Source = parts[0] + device.Path[destination.Length..], Options = ["bind", "dev", "nosuid", "noexec"] };
            }
        }
    }

    private static MountSpec? SharedMemory(ContainerCreateOptions options) => options.Ipc switch
    {
        "none" => null,
        "host" when Directory.Exists("/dev/shm") => new() { Destination = "/dev/shm", Type = "bind", Source = "/dev/shm", Options = ["rbind", "nosuid", "noexec", "nodev"] },
        _ => new()
        {
            Destination = "/dev/shm",
            Type = "tmpfs",
            Source = "shm",
            Options = ["nosuid", "noexec", "nodev", "mode=1777", options.ShmSizeBytes is { } size ? System.FormattableString.Invariant($"size={size}") : "size=65536k"],
        },
    };

    // Those of container:NAME stay namespaces without a path here: which ones they are, is known only when that container runs.
    private static IEnumerable<NamespaceSpec> Namespaces(ContainerCreateOptions options)
    {
        var cgroup = options.CgroupnsMode is { Length: > 0 } mode ? mode : options.Privileged && CgroupHost.Current.Mode != CgroupMode.V2 ? "host" : "private";
        (string Type, string? Mode)[] all = [("pid", options.Pid), ("mount", null), ("uts", options.Uts), ("ipc", options.Ipc), ("cgroup", cgroup), ("network", options.Network)];
        return all.Where(entry => entry.Mode != "host").Select(entry => new NamespaceSpec { Type = entry.Type });
    }
}
