namespace ContainerChaos.Linux;

/// <summary>The control group hierarchies of this host, found once and then fixed.</summary>
public sealed class CgroupHost
{
    private static readonly string[] KnownControllers =
        ["cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "hugetlb", "net_cls", "net_prio", "perf_event", "rdma", "misc"];

    private static readonly Lazy<CgroupHost> CurrentHost = new(() => Detect(MountInfo.ReadSelf()));

    private CgroupHost(CgroupMode mode, IReadOnlyList<CgroupHierarchy> hierarchies, string? unifiedMountPoint)
    {
        Mode = mode;
        Hierarchies = hierarchies;
        UnifiedMountPoint = unifiedMountPoint;
    }

    /// <summary>This host.</summary>
    public static CgroupHost Current => CurrentHost.Value;

    /// <summary>Which versions are mounted.</summary>
    public CgroupMode Mode { get; }

    /// <summary>The version 1 hierarchies with a controller; empty on <see cref="CgroupMode.V2"/>.</summary>
    public IReadOnlyList<CgroupHierarchy> Hierarchies { get; }

    /// <summary>Where version 2 is mounted; null when it is not.</summary>
    public string? UnifiedMountPoint { get; }

    /// <summary>Reads a host's hierarchies off its mounts.</summary>
    /// <exception cref="ErrnoException">ENOENT: no cgroup file system is mounted.</exception>
    public static CgroupHost Detect(IReadOnlyList<MountInfo> mounts)
    {
        var hierarchies = new List<CgroupHierarchy>();
        string? unified = null;
        foreach (var mount in mounts)
        {
            if (mount.FileSystem == "cgroup2")
            {
                unified ??= mount.MountPoint;
                continue;
            }
            if (mount.FileSystem != "cgroup")
                continue;
            var controllers = mount.SuperOptions.Split(',').Where(option => KnownControllers.Contains(option)).ToArray();
            if (controllers.Length > 0 && !hierarchies.Any(h => h.Controllers[0] == controllers[0]))
                hierarchies.Add(new CgroupHierarchy(mount.MountPoint, controllers));
        }
        var mode = (hierarchies.Count, unified) switch
        {
            (0, null) => throw new ErrnoException(Errno.ENOENT, "cgroup", "(no cgroup file system is mounted)"),
            (0, _) => CgroupMode.V2,
            (_, null) => CgroupMode.V1,
            _ => CgroupMode.Hybrid,
        };
        return new CgroupHost(mode, hierarchies, unified);
    }

    /// <summary>The version 1 hierarchy that has a controller, or null.</summary>
    public CgroupHierarchy? Find(string controller) => Hierarchies.FirstOrDefault(h => h.Controllers.Contains(controller));

    /// <summary>A group of this host by its path below the root of each hierarchy; it need not exist.</summary>
    /// <param name="path">Such as <c>/containerchaos/ID</c>.</param>
    public Cgroup Group(string path) => Mode == CgroupMode.V2 ? new CgroupV2(this, path) : new CgroupV1(this, path);
}
