namespace ContainerChaos.Linux;

/// <summary>The control group hierarchies of this host, found once and then fixed.</summary>
public sealed class CgroupHost
{
    private static readonly string[] KnownControllers =
        ["cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "hugetlb", "net_cls", "net_prio", "perf_event", "rdma", "misc"];

    private static readonly Lazy<CgroupHost> CurrentHost = new(() => Detect(MountInfo.ReadSelf()));

    private CgroupHost(CgroupMode mode, IReadOnlyList<CgroupHierarchy> hierarchies, IReadOnlyList<CgroupHierarchy> named, string? unifiedMountPoint)
    {
        Mode = mode;
        Hierarchies = hierarchies;
        NamedHierarchies = named;
        UnifiedMountPoint = unifiedMountPoint;
        UnifiedControllers = ReadControllers(unifiedMountPoint);
    }

    /// <summary>This host.</summary>
    public static CgroupHost Current => CurrentHost.Value;

    /// <summary>This process's version 2 group, a path below the root of the hierarchy; null where it is in none, or none that can be seen from here.</summary>
    public static string? OwnUnifiedPath
    {
        get
        {
            try
            {
                var line = File.ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal));
                return line is null || line.Contains("/..", StringComparison.Ordinal) ? null : line["0::".Length..];
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>Which versions are mounted.</summary>
    public CgroupMode Mode { get; }

    /// <summary>The version 1 hierarchies with a controller; empty on <see cref="CgroupMode.V2"/>.</summary>
    public IReadOnlyList<CgroupHierarchy> Hierarchies { get; }

    /// <summary>The version 1 hierarchies without a controller that only track processes, <c>name=systemd</c> above all.</summary>
    public IReadOnlyList<CgroupHierarchy> NamedHierarchies { get; }

    /// <summary>Where version 2 is mounted; null when it is not.</summary>
    public string? UnifiedMountPoint { get; }

    /// <summary>The controllers on the version 2 side; on a hybrid host those that no version 1 hierarchy took.</summary>
    public IReadOnlyList<string> UnifiedControllers { get; }

    /// <summary>Reads a host's hierarchies off its mounts.</summary>
    /// <exception cref="ErrnoException">ENOENT: no cgroup file system is mounted.</exception>
    public static CgroupHost Detect(IReadOnlyList<MountInfo> mounts)
    {
        var hierarchies = new List<CgroupHierarchy>();
        var named = new List<CgroupHierarchy>();
        string? unified = null;
        foreach (var mount in mounts)
        {
            // Such as one that benchmarks take away: the kernel lists it, and no path leads to it.
            if (mount.FileSystem is not ("cgroup" or "cgroup2") || mount.IsHidden(mounts))
                continue;
            if (mount.FileSystem == "cgroup2")
            {
                unified ??= mount.MountPoint;
                continue;
            }
            var options = mount.SuperOptions.Split(',');
            var controllers = options.Where(option => KnownControllers.Contains(option)).ToArray();
            if (controllers.Length > 0 && !hierarchies.Any(h => h.Controllers[0] == controllers[0]))
                hierarchies.Add(new CgroupHierarchy(mount.MountPoint, controllers));
            else if (controllers.Length == 0 && options.FirstOrDefault(IsName) is { } name && !named.Any(h => h.Controllers[0] == name))
                named.Add(new CgroupHierarchy(mount.MountPoint, [name]));
        }
        var mode = (hierarchies.Count, unified) switch
        {
            (0, null) => throw new ErrnoException(Errno.ENOENT, "cgroup", "(no cgroup file system is mounted)"),
            (0, _) => CgroupMode.V2,
            (_, null) => CgroupMode.V1,
            _ => CgroupMode.Hybrid,
        };
        return new CgroupHost(mode, hierarchies, named, unified);
    }

    /// <summary>The version 1 hierarchy that has a controller, or null.</summary>
    public CgroupHierarchy? Find(string controller) => Hierarchies.FirstOrDefault(h => h.Controllers.Contains(controller));

    /// <summary>A group of this host by its path below the root of each hierarchy; it need not exist.</summary>
    /// <param name="path">Such as <c>/containerchaos/ID</c>.</param>
    /// <param name="membership">Which hierarchies it is made in.</param>
    /// <param name="comesWithProcess">See <see cref="Cgroup.ComesWithProcess"/>.</param>
    /// <param name="further">Controllers beside those that the membership names.</param>
    public Cgroup Group(string path, CgroupMembership membership = CgroupMembership.Core, bool comesWithProcess = false, IReadOnlyList<string>? further = null) =>
        new(this, path, membership, further) { ComesWithProcess = comesWithProcess };

    private static bool IsName(string option) => option.StartsWith("name=", StringComparison.Ordinal);

    private static string[] ReadControllers(string? unifiedMountPoint)
    {
        try
        {
            return unifiedMountPoint is null ? [] : CgroupDirectory.Read(unifiedMountPoint, "cgroup.controllers").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (ErrnoException)
        {
            return [];
        }
    }
}
