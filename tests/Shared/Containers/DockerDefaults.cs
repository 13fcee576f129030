using ContainerChaos.Runtime;

namespace ContainerChaos.Testing;

/// <summary>The runtime-spec that Docker makes for a container nobody asked anything special of (moby, oci/defaults.go).</summary>
public static class DockerDefaults
{
    /// <summary>moby, oci/caps/defaults.go.</summary>
    public static IReadOnlyList<string> Capabilities { get; } =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    /// <summary>Paths that read as empty.</summary>
    public static IReadOnlyList<string> MaskedPaths { get; } =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    /// <summary>Paths that can't be written.</summary>
    public static IReadOnlyList<string> ReadonlyPaths { get; } = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <summary>The mounts.</summary>
    public static IReadOnlyList<MountSpec> Mounts { get; } =
    [
        new() { Destination = "/proc", Type = "proc", Source = "proc", Options = ["nosuid", "noexec", "nodev"] },
        new() { Destination = "/dev", Type = "tmpfs", Source = "tmpfs", Options = ["nosuid", "strictatime", "mode=755", "size=65536k"] },
        new() { Destination = "/dev/pts", Type = "devpts", Source = "devpts", Options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
        new() { Destination = "/dev/shm", Type = "tmpfs", Source = "shm", Options = ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"] },
        new() { Destination = "/dev/mqueue", Type = "mqueue", Source = "mqueue", Options = ["nosuid", "noexec", "nodev"] },
        new() { Destination = "/sys", Type = "sysfs", Source = "sysfs", Options = ["nosuid", "noexec", "nodev", "ro"] },
        new() { Destination = "/sys/fs/cgroup", Type = "cgroup", Source = "cgroup", Options = ["nosuid", "noexec", "nodev", "relatime", "ro"] },
    ];

    /// <summary>A spec with nothing special.</summary>
    public static RuntimeSpec Spec(string cgroupPath, IReadOnlyList<string> command) => new()
    {
        OciVersion = RuntimeSpec.SupportedVersion,
        Process = Process(command),
        Root = new RootSpec { Path = "rootfs" },
        Hostname = "tested",
        Mounts = Mounts,
        Linux = new LinuxSpec
        {
            Namespaces = [.. new[] { "pid", "mount", "uts", "ipc", "cgroup", "network" }.Select(type => new NamespaceSpec { Type = type })],
            CgroupsPath = cgroupPath,
            MaskedPaths = MaskedPaths,
            ReadonlyPaths = ReadonlyPaths,
        },
    };

    /// <summary>A process with nothing special.</summary>
    public static ProcessSpec Process(IReadOnlyList<string> command) => new()
    {
        Args = command,
        Env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"],
        Cwd = "/",
        Capabilities = new CapabilitiesSpec { Bounding = Capabilities, Permitted = Capabilities, Effective = Capabilities },
        NoNewPrivileges = true,
    };
}
