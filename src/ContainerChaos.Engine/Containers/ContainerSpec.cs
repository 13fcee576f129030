using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>Makes the runtime-spec of a container, with Docker's defaults where nothing else was asked for.</summary>
internal static class ContainerSpec
{
    /// <summary>The period that CPU limits are counted in, in microseconds: the kernel's default and Docker's.</summary>
    private const ulong CpuPeriod = 100_000;

    // moby, oci/caps/defaults.go.
    private static readonly string[] s_capabilities =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    // moby, oci/defaults.go.
    private static readonly string[] s_maskedPaths =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] s_readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    private static readonly MountSpec[] s_mounts =
    [
        new() { Destination = "/proc", Type = "proc", Source = "proc", Options = ["nosuid", "noexec", "nodev"] },
        new() { Destination = "/dev", Type = "tmpfs", Source = "tmpfs", Options = ["nosuid", "strictatime", "mode=755", "size=65536k"] },
        new() { Destination = "/dev/pts", Type = "devpts", Source = "devpts", Options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
        new() { Destination = "/dev/shm", Type = "tmpfs", Source = "shm", Options = ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"] },
        new() { Destination = "/dev/mqueue", Type = "mqueue", Source = "mqueue", Options = ["nosuid", "noexec", "nodev"] },
        new() { Destination = "/sys", Type = "sysfs", Source = "sysfs", Options = ["nosuid", "noexec", "nodev", "ro"] },
        new() { Destination = "/sys/fs/cgroup", Type = "cgroup", Source = "cgroup", Options = ["nosuid", "noexec", "nodev", "relatime", "ro"] },
    ];

    /// <summary>Makes the spec.</summary>
    /// <param name="id">The container's id.</param>
    /// <param name="cgroupPath">Its control group.</param>
    /// <param name="options">What was asked for, checked.</param>
    /// <param name="image">What supplies the rest.</param>
    /// <param name="command">Entrypoint and command.</param>
    /// <param name="user">Who runs it.</param>
    /// <param name="volumes">What is bound in.</param>
    /// <param name="maps">The ids of its user namespace; null for none.</param>
    /// <param name="networkFiles">The folder of the files that are bound to its /etc; null when it is in no network of the engine's.</param>
    /// <exception cref="ContainerException">InvalidArgument: a security option makes no sense. NotSupported: the user has no id in the namespace.</exception>
    public static RuntimeSpec Create(
        string id, string cgroupPath, ContainerCreateOptions options, Image image, IReadOnlyList<string> command, ImageUser user, IReadOnlyList<VolumeMount> volumes, IdMaps? maps, string? networkFiles)
    {
        var hostname = options.Hostname ?? id[..12];
        var security = SecurityOptions.Parse(options.SecurityOptions, options.Name ?? options.Image);
        var spec = new RuntimeSpec
        {
            OciVersion = RuntimeSpec.SupportedVersion,
            Process = new ProcessSpec
            {
                Terminal = options.Tty,
                User = new UserSpec { Uid = user.UserId, Gid = user.GroupId, AdditionalGids = user.Groups },
                Args = command,
                Env = EnvironmentVariables.Merge(
                    [EnvironmentVariables.DefaultPath, "HOSTNAME=" + hostname, "HOME=" + user.Home, .. options.Tty ? [EnvironmentVariables.Terminal] : Array.Empty<string>()],
                    image.Env,
                    options.Env.Select(pair => $"{pair.Key}={pair.Value}")),
                Cwd = options.WorkingDirectory ?? image.WorkingDirectory,
                Capabilities = CapabilitiesOf(user),
                NoNewPrivileges = security.NoNewPrivileges,
            },
            Root = new RootSpec { Path = "rootfs", Readonly = options.ReadOnly },
            Hostname = hostname,
            Mounts = [.. s_mounts, .. NetworkFileMounts(networkFiles, volumes), .. volumes.Select(volume => volume.ToSpec())],
            Linux = new LinuxSpec
            {
                Namespaces = [.. Namespaces(options.Network!)],
                CgroupsPath = cgroupPath,
                Resources = Limits(options),
                MaskedPaths = s_maskedPaths,
                ReadonlyPaths = s_readonlyPaths,
                Seccomp = security.Seccomp?.For(s_capabilities),
            },
        };
        return maps is null ? spec : OrdinaryUser.Adapt(spec, maps, options.Name ?? options.Image);
    }

    /// <summary>Docker's default set. For a user other than root, execve(2) would clear two of the sets anyway (capabilities(7)); Docker leaves them out as well.</summary>
    public static CapabilitiesSpec CapabilitiesOf(ImageUser user) => new()
    {
        Bounding = s_capabilities,
        Permitted = user.UserId == 0 ? s_capabilities : [],
        Effective = user.UserId == 0 ? s_capabilities : [],
    };

    private static IEnumerable<MountSpec> NetworkFileMounts(string? folder, IReadOnlyList<VolumeMount> volumes) => folder is null ? [] : NetworkFiles.Names
        .Where(name => volumes.All(volume => volume.Destination != "/etc/" + name))
        .Select(name => new MountSpec { Destination = "/etc/" + name, Type = "bind", Source = Path.Combine(folder, name), Options = ["rbind", "rprivate", "rw"] });

    // container:NAME stays a namespace without a path here: which one it is, is known only when that container runs.
    private static IEnumerable<NamespaceSpec> Namespaces(string network) =>
        new[] { "pid", "mount", "uts", "ipc", "cgroup" }
            .Concat(network == "host" ? [] : ["network"])
            .Select(type => new NamespaceSpec { Type = type });

    private static ResourcesSpec Limits(ContainerCreateOptions options) => new()
    {
        // Memory and swap together equal the memory: nothing is swapped, so an overrun is an OOM kill and not a slow container.
        Memory = options.MemoryBytes is > 0 and var bytes ? new MemorySpec { Limit = bytes, Swap = bytes } : null,
        Cpu = options.Cpus is > 0 and var cpus ? new CpuSpec { Quota = (long)Math.Round(cpus * CpuPeriod), Period = CpuPeriod } : null,
        Pids = options.PidsLimit is > 0 and var pids ? new PidsSpec { Limit = pids } : null,
    };
}
