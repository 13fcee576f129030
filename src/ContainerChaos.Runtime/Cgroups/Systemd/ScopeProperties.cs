using System.Globalization;
using System.Runtime.InteropServices;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// The limits of a container as properties of its scope (systemd.resource-control(5)). All limits are written to the group's files
/// as well; as properties, systemd knows those that it manages itself and does not set them back when it reloads.
/// </summary>
/// <remarks>
/// Rules about devices are not among them: without any, systemd attaches no program of its own on version 2 and leaves ours alone,
/// also when it reloads.
/// </remarks>
internal static class ScopeProperties
{
    // The properties for the CPU sets came with systemd 244, the one for the quota's period with 242, "idle" as a weight of 0 with 252.
    private const int WithCpuSets = 244, WithQuotaPeriod = 242, WithIdle = 252;

    private const ulong DefaultPeriod = 100_000;

    /// <summary>The properties for what is given.</summary>
    /// <param name="resources">The limits.</param>
    /// <param name="isUnified">Whether the host has version 2 alone.</param>
    /// <param name="version">systemd's version.</param>
    /// <param name="current">The quota and the period that are set now, for those that are not given.</param>
    internal static List<SystemdProperty> Of(ResourcesSpec? resources, bool isUnified, int version, (long Quota, ulong Period)? current = null)
    {
        var properties = new List<SystemdProperty>();
        if (resources?.Memory is { } memory)
            AddMemory(properties, memory, isUnified);
        if (resources?.Cpu is { } cpu)
            AddCpu(properties, cpu, isUnified, version, current);
        if (resources?.Pids?.Limit is { } pids)
            properties.Add(SystemdProperty.Of("TasksMax", Limit(pids == 0 ? 1 : pids)));
        if (resources?.BlockIO?.Weight is { } weight and > 0)
            properties.Add(isUnified ? SystemdProperty.Of("IOWeight", (ulong)BlockIOLimits.ToWeight(weight)) : SystemdProperty.Of("BlockIOWeight", (ulong)weight));
        foreach (var (key, value) in resources?.Unified ?? new Dictionary<string, string>())
            AddUnified(properties, key, value.Trim(), version);
        return properties;
    }

    private static void AddMemory(List<SystemdProperty> properties, MemorySpec memory, bool isUnified)
    {
        if (memory.Limit is { } limit and not 0)
            properties.Add(SystemdProperty.Of(isUnified ? "MemoryMax" : "MemoryLimit", Limit(limit)));
        if (!isUnified)
            return;
        if (memory.Reservation is { } reservation and not 0)
            properties.Add(SystemdProperty.Of("MemoryLow", Limit(reservation)));
        if (memory is { Swap: null, Limit: < 0 })
            properties.Add(SystemdProperty.Of("MemorySwapMax", ulong.MaxValue));
        else if (memory.Swap is { } swap && (swap <= 0 || memory.Limit is > 0))
            properties.Add(SystemdProperty.Of("MemorySwapMax", swap <= 0 ? Limit(swap) : Limit(Math.Max(0, swap - memory.Limit!.Value))));
    }

    private static void AddCpu(List<SystemdProperty> properties, CpuSpec cpu, bool isUnified, int version, (long Quota, ulong Period)? current)
    {
        if (cpu.Idle == 1 && isUnified && version >= WithIdle)
            properties.Add(SystemdProperty.Of("CPUWeight", 0UL));
        else if (cpu.Shares is { } shares and > 0)
            properties.Add(isUnified ? SystemdProperty.Of("CPUWeight", (ulong)CpuLimits.ToWeight(shares)) : SystemdProperty.Of("CPUShares", shares));
        if (cpu.Quota is { } and not 0 || cpu.Period is { } and not 0)
            AddQuota(properties, cpu.Quota is { } quota and not 0 ? quota : current?.Quota ?? -1, cpu.Period is { } period and not 0 ? period : current?.Period ?? DefaultPeriod, version);
        AddSet(properties, "AllowedCPUs", cpu.Cpus, version);
        AddSet(properties, "AllowedMemoryNodes", cpu.Mems, version);
    }

    private static void AddQuota(List<SystemdProperty> properties, long quota, ulong period, int version)
    {
        if (version >= WithQuotaPeriod)
            properties.Add(SystemdProperty.Of("CPUQuotaPeriodUSec", period));
        var perSecond = ulong.MaxValue;
        if (quota > 0)
        {
            perSecond = (ulong)quota * 1_000_000 / period;
            // systemd keeps hundredths of a second, and cuts off what is less.
            perSecond = (perSecond + 9_999) / 10_000 * 10_000;
        }
        properties.Add(SystemdProperty.Of("CPUQuotaPerSecUSec", perSecond));
    }

    private static void AddSet(List<SystemdProperty> properties, string name, string? list, int version)
    {
        if (list is { Length: > 0 } && version >= WithCpuSets && IndexList.TryParse(list, IndexList.MaximumCpu) is { } mask)
            properties.Add(SystemdProperty.Of(name, MemoryMarshal.AsBytes<ulong>(mask).TrimEnd((byte)0).ToArray()));
    }

    /// <summary>The files that have a property; others stay files.</summary>
    private static void AddUnified(List<SystemdProperty> properties, string key, string value, int version)
    {
        switch (key)
        {
            case "cpu.weight" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var weight):
                properties.Add(SystemdProperty.Of("CPUWeight", weight));
                break;
            case "cpu.idle" when value == "1" && version >= WithIdle:
                properties.Add(SystemdProperty.Of("CPUWeight", 0UL));
                break;
            case "cpu.max":
                // "max", or the quota, and the period, which may be left out.
                var fields = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                var period = fields.Length > 1 && ulong.TryParse(fields[1], CultureInfo.InvariantCulture, out var length) && length > 0 ? length : DefaultPeriod;
                if (fields.Length > 0)
                    AddQuota(properties, long.TryParse(fields[0], CultureInfo.InvariantCulture, out var quota) ? quota : -1, period, version);
                break;
            case "cpuset.cpus":
                AddSet(properties, "AllowedCPUs", value, version);
                break;
            case "cpuset.mems":
                AddSet(properties, "AllowedMemoryNodes", value, version);
                break;
            case "memory.min" or "memory.low" or "memory.high" or "memory.max" or "memory.swap.max" or "pids.max":
                var name = key switch
                {
                    "memory.min" => "MemoryMin",
                    "memory.low" => "MemoryLow",
                    "memory.high" => "MemoryHigh",
                    "memory.max" => "MemoryMax",
                    "memory.swap.max" => "MemorySwapMax",
                    _ => "TasksMax",
                };
                if (value == "max" || ulong.TryParse(value, CultureInfo.InvariantCulture, out _))
                    properties.Add(SystemdProperty.Of(name, value == "max" ? ulong.MaxValue : ulong.Parse(value, CultureInfo.InvariantCulture)));
                break;
        }
    }

    /// <summary>A negative number is no limit.</summary>
    private static ulong Limit(long value) => value < 0 ? ulong.MaxValue : (ulong)value;
}
