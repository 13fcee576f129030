using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>A specification to begin with: a shell on a terminal, in namespaces of its own, as runc's <c>spec</c> has it.</summary>
internal static class DefaultSpec
{
    private static readonly string[] Capabilities = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];

    /// <summary>The specification as the text of a <c>config.json</c>, indented by tabs.</summary>
    internal static byte[] Serialize(RuntimeSpec spec)
    {
        var options = new JsonSerializerOptions(RuntimeSpecJson.Default.Options)
        {
            WriteIndented = true,
            IndentCharacter = '\t',
            IndentSize = 1,
            TypeInfoResolver = RuntimeSpecJson.Default.WithAddedModifier(OmitEmptyLists),
        };
        return JsonSerializer.SerializeToUtf8Bytes(spec, (JsonTypeInfo<RuntimeSpec>)options.GetTypeInfo(typeof(RuntimeSpec)));
    }

    /// <summary>For root.</summary>
    internal static RuntimeSpec Create() => new()
    {
        OciVersion = RuntimeSpec.SupportedVersion,
        Process = new ProcessSpec
        {
            Terminal = true,
            Args = ["sh"],
            Env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
            Cwd = "/",
            Capabilities = new CapabilitiesSpec { Bounding = Capabilities, Effective = Capabilities, Permitted = Capabilities },
            Rlimits = [new RlimitSpec { Type = "RLIMIT_NOFILE", Soft = 1024, Hard = 1024 }],
            NoNewPrivileges = true,
        },
        Root = new RootSpec { Path = "rootfs", Readonly = true },
        Hostname = "ccrun",
        Mounts =
        [
            new MountSpec { Destination = "/proc", Type = "proc", Source = "proc" },
            new MountSpec { Destination = "/dev", Type = "tmpfs", Source = "tmpfs", Options = ["nosuid", "strictatime", "mode=755", "size=65536k"] },
            new MountSpec
            {
                Destination = "/dev/pts", Type = "devpts", Source = "devpts", Options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
            },
            new MountSpec { Destination = "/dev/shm", Type = "tmpfs", Source = "shm", Options = ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"] },
            new MountSpec { Destination = "/dev/mqueue", Type = "mqueue", Source = "mqueue", Options = ["nosuid", "noexec", "nodev"] },
            new MountSpec { Destination = "/sys", Type = "sysfs", Source = "sysfs", Options = ["nosuid", "noexec", "nodev", "ro"] },
            new MountSpec { Destination = "/sys/fs/cgroup", Type = "cgroup", Source = "cgroup", Options = ["nosuid", "noexec", "nodev", "relatime", "ro"] },
        ],
        Linux = new LinuxSpec
        {
            Namespaces = [.. Namespaces().Select(type => new NamespaceSpec { Type = type })],
            Resources = new ResourcesSpec { Devices = [new DeviceRuleSpec { Allow = false, Access = "rwm" }] },
            MaskedPaths =
            [
                "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
                "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
            ],
            ReadonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    };

    /// <summary>
    /// For a user who is not root: a user namespace in which they are, the host's network, no limits (which need control
    /// groups of one's own), and the host's sysfs, since a new one needs a network namespace of one's own.
    /// </summary>
    internal static RuntimeSpec CreateRootless(uint user, uint group)
    {
        var spec = Create();
        return spec with
        {
            Mounts =
            [
                .. spec.Mounts.Select(mount => mount.Destination == "/sys"
                    ? new MountSpec { Destination = "/sys", Type = "none", Source = "/sys", Options = ["rbind", "nosuid", "noexec", "nodev", "ro"] }
                    : mount with { Options = [.. mount.Options.Where(o => !o.StartsWith("gid=", StringComparison.Ordinal))] }),
            ],
            Linux = spec.Linux! with
            {
                UidMappings = [new IdMappingSpec { HostID = user, Size = 1 }],
                GidMappings = [new IdMappingSpec { HostID = group, Size = 1 }],
                Namespaces = [.. spec.Linux!.Namespaces.Where(n => n.Type != "network"), new NamespaceSpec { Type = "user" }],
                Resources = null,
            },
        };
    }

    /// <summary>On version 1 a control group namespace hides nothing that the mounts show.</summary>
    private static IEnumerable<string> Namespaces() =>
        CgroupHost.Current.Mode == CgroupMode.V2 ? ["pid", "network", "ipc", "uts", "mount", "cgroup"] : ["pid", "network", "ipc", "uts", "mount"];

    private static void OmitEmptyLists(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.PropertyType.IsGenericType)
                property.ShouldSerialize = static (_, value) => value is not null and not ICollection { Count: 0 };
        }
    }
}
