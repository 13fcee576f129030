using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

public static partial class CgroupResources
{
    /// <summary>
    /// Makes the limits of a group that is in use be these: what <see cref="Apply"/> would leave alone because it is not given becomes
    /// unlimited, or the kernel's default. It is about what can change while processes run: memory, processors, weights and the number of processes.
    /// </summary>
    /// <param name="group">The group; it exists.</param>
    /// <param name="resources">The limits; rules about devices and what else they have are left as they are.</param>
    /// <exception cref="ContainerException">As of <see cref="Apply"/>; some of the limits may be set then.</exception>
    public static void Replace(Cgroup group, ResourcesSpec resources)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(resources);
        var limits = new LimitWriter(group);
        var memory = resources.Memory ?? new MemorySpec();
        var cpu = resources.Cpu ?? new CpuSpec();
        if (Has("pids", "pids.max", "pids.max"))
            limits.Write("pids.limit", "pids", "pids.max", LimitWriter.OrMax(resources.Pids?.Limit is { } pids and not 0 ? pids : -1));
        if (Has("memory", "memory.limit_in_bytes", "memory.max"))
        {
            MemoryLimits.Apply(limits, memory with { Limit = memory.Limit ?? -1, Swap = memory.Swap ?? -1, Reservation = null, Swappiness = null, DisableOOMKiller = null, CheckBeforeUpdate = true });
            // What is below it is not reclaimed as long as there is something else (version 2), or what is above it is first (version 1).
            limits.Write(
                "memory.reservation", "memory", group.IsUnified("memory") ? "memory.low" : "memory.soft_limit_in_bytes",
                LimitWriter.Text(memory.Reservation is > 0 and var bytes ? bytes : group.IsUnified("memory") ? 0 : -1));
        }
        if (Has("cpu", "cpu.cfs_quota_us", "cpu.max"))
            CpuLimits.Apply(limits, cpu with { Shares = cpu.Shares is null or 0 ? CpuLimits.DefaultShares : cpu.Shares, Quota = cpu.Quota is null or 0 ? -1 : cpu.Quota, Period = cpu.Period is null or 0 ? CpuLimits.DefaultPeriod : cpu.Period, Cpus = null, Mems = null });
        ReplaceRealtime();
        if (Has("cpuset", "cpuset.cpus", "cpuset.cpus"))
        {
            SetCpuset("cpu.cpus", "cpuset.cpus", cpu.Cpus);
            SetCpuset("cpu.mems", "cpuset.mems", cpu.Mems);
        }
        if (resources.BlockIO is { Weight: > 0 } io)
            BlockIOLimits.Apply(limits, new BlockIOSpec { Weight = io.Weight });
        else
            ResetWeight();

        // Apply takes 0 for "not given"; here it is the kernel's default, none.
        void ReplaceRealtime()
        {
            if (group.Has("cpu") && !group.IsUnified("cpu") && cpu is { RealtimeRuntime: null or 0 } && limits.Exists("cpu", "cpu.rt_runtime_us"))
                limits.Write("cpu.realtimeRuntime", "cpu", "cpu.rt_runtime_us", 0);
        }

        void SetCpuset(string field, string file, string? value)
        {
            // Neither version takes an empty list while there are processes (kernel/cgroup/cpuset.c, validate_change): it is all that the group above has.
            if (value is not { Length: > 0 })
                value = group.ReadAbove("cpuset", group.IsUnified("cpuset") ? file + ".effective" : file);
            limits.Write(field, "cpuset", file, value);
        }

        void ResetWeight()
        {
            const string standard = "100";
            foreach (var (file, unified) in (ReadOnlySpan<(string, string)>)[("blkio.bfq.weight", "io.bfq.weight"), ("blkio.weight", "io.weight")])
            {
                if (Has("blkio", file, unified))
                    limits.Write("blockIO.weight", "blkio", group.IsUnified("blkio") ? unified : file, file == "blkio.weight" && !group.IsUnified("blkio") ? "500" : standard);
            }
        }

        bool Has(string controller, string file, string unifiedFile) =>
            group.Has(controller) && limits.Exists(controller, group.IsUnified(controller) ? unifiedFile : file);
    }
}
