using System.Globalization;

namespace ContainerChaos.Linux;

// The limits that the engine's containers have.
public sealed partial class Cgroup
{
    /// <summary>Sets limits.</summary>
    /// <exception cref="ErrnoException">A value is refused (EINVAL), or memory in use exceeds it (EBUSY).</exception>
    public void SetLimits(CgroupLimits limits)
    {
        if (limits.MemoryBytes is { } bytes)
            SetMemory(Find("memory"), bytes, limits.MemoryAndSwapBytes);
        if (limits.Pids is { } pids)
            CgroupDirectory.Write(Find("pids").Directory, "pids.max", pids <= 0 ? "max" : Number(pids));
        if (limits.CpuShares is null && limits.CpuQuota is null && limits.CpuPeriod is null)
            return;
        var cpu = Find("cpu");
        if (cpu.IsUnified)
        {
            if (limits.CpuQuota is not null || limits.CpuPeriod is not null)
                CgroupDirectory.Write(cpu.Directory, "cpu.max", $"{Limit(limits.CpuQuota ?? -1)} {limits.CpuPeriod ?? 100_000}");
            // runtime-spec, config-linux: shares 2..262144 map to weight 1..10000.
            if (limits.CpuShares is { } weight and > 0)
                CgroupDirectory.Write(cpu.Directory, "cpu.weight", Number((long)(1 + ((Math.Clamp(weight, 2, 262144) - 2) * 9999 / 262142))));
            return;
        }
        if (limits.CpuShares is { } shares)
            WriteNumber(cpu, "cpu.shares", (long)shares);
        if (limits.CpuPeriod is { } period)
            WriteNumber(cpu, "cpu.cfs_period_us", (long)period);
        if (limits.CpuQuota is { } quota)
            WriteNumber(cpu, "cpu.cfs_quota_us", quota);
    }

    private static void SetMemory(CgroupPart part, long bytes, long? withSwap)
    {
        if (part.IsUnified)
        {
            CgroupDirectory.Write(part.Directory, "memory.max", Limit(bytes));
            if (withSwap is { } all && File.Exists(part.Directory + "/memory.swap.max"))
                CgroupDirectory.Write(part.Directory, "memory.swap.max", all < 0 ? "max" : Number(all - bytes));
            return;
        }
        // The limit with swap may never be below the one without; a raised pair is written from the larger end.
        const string limit = "memory.limit_in_bytes", limitWithSwap = "memory.memsw.limit_in_bytes";
        if (withSwap is not { } total || !File.Exists($"{part.Directory}/{limitWithSwap}"))
        {
            WriteNumber(part, limit, bytes);
            return;
        }
        var raise = total < 0 || total > ReadNumber(part, limitWithSwap);
        if (raise)
            WriteNumber(part, limitWithSwap, total);
        WriteNumber(part, limit, bytes);
        if (!raise)
            WriteNumber(part, limitWithSwap, total);
    }

    private static string Limit(long value) => value < 0 ? "max" : Number(value);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
