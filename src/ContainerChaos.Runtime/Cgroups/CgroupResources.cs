using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Sets what the runtime-spec calls resources (config-linux: Control groups) in a group, on whichever version each controller is.</summary>
public static partial class CgroupResources
{
    /// <summary>Sets every limit that is given; what is not given stays as it is, also when a running container is updated.</summary>
    /// <param name="group">The group; it exists.</param>
    /// <param name="resources">The limits.</param>
    /// <exception cref="ContainerException">
    /// A limit is refused by the kernel (<see cref="ErrorReason.InvalidArgument"/>), is below what is in use
    /// (<see cref="ErrorReason.LimitTooLow"/>), or its controller or file is not there (<see cref="ErrorReason.NotSupported"/>).
    /// The message starts with the field's path, <c>linux.resources.memory.limit: </c>.
    /// </exception>
    public static void Apply(Cgroup group, ResourcesSpec resources)
    {
        var limits = new LimitWriter(group);
        if (resources.Pids?.Limit is { } pids)
        {
            // 0 is a valid limit for the kernel, but no process can then be cloned into the group; 1 has the same effect inside.
            limits.Write("pids.limit", "pids", "pids.max", LimitWriter.OrMax(pids == 0 ? 1 : pids));
        }
        if (resources.Memory is { } memory)
            MemoryLimits.Apply(limits, memory);
        if (resources.BlockIO is { } io)
            BlockIOLimits.Apply(limits, io);
        if (resources.Cpu is { } cpu)
            CpuLimits.Apply(limits, cpu);
        if (resources.Devices.Count > 0)
            DeviceRules.Apply(group, resources.Devices);
        for (var i = 0; i < resources.HugepageLimits.Count; i++)
            LimitHugepages(limits, $"hugepageLimits[{i}]", resources.HugepageLimits[i]);
        if (resources.Network is { } network)
            MarkNetwork(limits, network);
        foreach (var (device, rdma) in resources.Rdma ?? new Dictionary<string, RdmaSpec>())
            LimitRdma(limits, device, rdma);
        if (resources.Unified is { } unified)
            UnifiedFiles.Apply(limits, group, unified);
    }

    /// <summary>Whether no limit is given at all. Rules for devices are none: without them there is no access either way.</summary>
    public static bool IsUnlimited(ResourcesSpec? resources) => resources is null
        || (resources is { Memory: null, Cpu: null, Pids: null, BlockIO: null, HugepageLimits.Count: 0, Network: null }
            && resources.Rdma is null or { Count: 0 } && resources.Unified is null or { Count: 0 });

    /// <summary>The fault limit, and the reservation limit where the kernel has one (hugetlb.rst).</summary>
    private static void LimitHugepages(LimitWriter limits, string field, HugepageLimitSpec hugepages)
    {
        const string controller = "hugetlb";
        var suffix = limits.IsUnified(field, controller) ? "max" : "limit_in_bytes";
        if (hugepages.PageSize.Contains('/') || !limits.Exists(controller, $"hugetlb.{hugepages.PageSize}.{suffix}"))
            throw LimitWriter.Error(ErrorReason.InvalidArgument, field + ".pageSize", $"'{hugepages.PageSize}' is not a huge page size of this host");
        var value = LimitWriter.Text(hugepages.Limit);
        limits.Write(field + ".limit", controller, $"hugetlb.{hugepages.PageSize}.{suffix}", value);
        limits.WriteIfPresent(field + ".limit", controller, $"hugetlb.{hugepages.PageSize}.rsvd.{suffix}", value);
    }

    private static void MarkNetwork(LimitWriter limits, NetworkSpec network)
    {
        if (network.ClassID is { } classId and not 0)
            limits.Write("network.classID", "net_cls", "net_cls.classid", classId);
        for (var i = 0; i < network.Priorities.Count; i++)
            limits.Write($"network.priorities[{i}]", "net_prio", "net_prio.ifpriomap", $"{network.Priorities[i].Name} {network.Priorities[i].Priority}");
    }

    private static void LimitRdma(LimitWriter limits, string device, RdmaSpec rdma)
    {
        var field = $"rdma[\"{device}\"]";
        var handles = rdma.HcaHandles is { } h ? $" hca_handle={h}" : "";
        var objects = rdma.HcaObjects is { } o ? $" hca_object={o}" : "";
        if (handles.Length + objects.Length == 0)
            throw LimitWriter.Error(ErrorReason.InvalidArgument, field, "hcaHandles or hcaObjects must be given");
        limits.Write(field, "rdma", "rdma.max", device + handles + objects);
    }
}
