using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The limits that this host's kernel, or its version of control groups, does not have. As in Docker they are warnings and not errors.</summary>
public static class UnsupportedLimits
{
    /// <summary>Leaves out what a group has no file for.</summary>
    /// <param name="group">The group; it exists.</param>
    /// <param name="resources">What was asked for.</param>
    /// <param name="statements">A sentence for each limit that is left out.</param>
    /// <returns>What can be set.</returns>
    public static ResourcesSpec LeaveOut(Cgroup group, ResourcesSpec resources, out IReadOnlyList<string> statements)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(resources);
        var all = new List<string>();
        var limits = new LimitWriter(group);
        statements = all;
        return resources with { Memory = OfMemory(resources.Memory), Cpu = OfCpu(resources.Cpu), BlockIO = OfBlockIO(resources.BlockIO) };

        MemorySpec? OfMemory(MemorySpec? memory)
        {
            // Without a limit on swap of its own the memory limit alone holds; that a group may then swap is worth a word only where it was asked about.
            if (memory is { Swap: not null } && memory.Swap != memory.Limit && !Has("memory", "memory.memsw.limit_in_bytes", "memory.swap.max"))
            {
                Say("The limit on swap", "this kernel does not account for swap (swapaccount=1 on its command line)");
                memory = memory with { Swap = null };
            }
            if (memory is { Swappiness: not null } && !Has("memory", "memory.swappiness", null))
            {
                Say("The swappiness", "control groups of version 2 have none");
                memory = memory with { Swappiness = null };
            }
            if (memory is { DisableOOMKiller: true } && !Has("memory", "memory.oom_control", null))
            {
                Say("The disabling of the OOM killer", "control groups of version 2 have no such setting");
                memory = memory with { DisableOOMKiller = null };
            }
            return memory;
        }

        CpuSpec? OfCpu(CpuSpec? cpu)
        {
            if (cpu is { Cpus.Length: > 0 } or { Mems.Length: > 0 } && !Has("cpuset", "cpuset.cpus", "cpuset.cpus"))
            {
                Say("The choice of processors and memory nodes", "the cpuset controller is not mounted, or not passed on to the container");
                cpu = cpu with { Cpus = null, Mems = null };
            }
            return cpu;
        }

        BlockIOSpec? OfBlockIO(BlockIOSpec? io)
        {
            if (io is { Weight: > 0 } && !Has("blkio", "blkio.weight", "io.weight") && !Has("blkio", "blkio.bfq.weight", "io.bfq.weight"))
            {
                Say("The weight for block devices", "this kernel has no scheduler with weights (BFQ, or the io.cost controller of version 2)");
                io = io with { Weight = null };
            }
            if (io is not null && io.ThrottleReadBpsDevice.Count + io.ThrottleWriteBpsDevice.Count + io.ThrottleReadIOPSDevice.Count + io.ThrottleWriteIOPSDevice.Count > 0
                && !Has("blkio", "blkio.throttle.read_bps_device", "io.max"))
            {
                Say("The rates of block devices", "this kernel can't throttle them, or the controller is not mounted");
                io = io with { ThrottleReadBpsDevice = [], ThrottleWriteBpsDevice = [], ThrottleReadIOPSDevice = [], ThrottleWriteIOPSDevice = [] };
            }
            return io;
        }

        void Say(string limit, string why) => all.Add($"{limit} is not in force: {why}.");

        bool Has(string controller, string file, string? unifiedFile) =>
            group.Has(controller) && (group.IsUnified(controller) ? unifiedFile : file) is { } name && limits.Exists(controller, name);
    }
}
