using System.Globalization;
using System.Text.Json;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// Writes what a control group has used as runc's <c>events</c> does (runc-events(8)), which containerd and others read. What the
/// kernel or the host does not have is left out.
/// </summary>
internal sealed partial class StatisticsWriter(Cgroup group, Utf8JsonWriter json)
{
    /// <summary>Writes the object behind <c>data</c>.</summary>
    internal void Write()
    {
        json.WriteStartObject();
        WriteCpu();
        WriteCpuset();
        WriteMemory();
        WritePids();
        WriteBlockIO();
        WriteHugepages();
        json.WriteStartObject("intel_rdt");
        json.WriteEndObject();
        json.WriteNull("network_interfaces");
        json.WriteEndObject();
    }

    private void WriteCpu()
    {
        json.WriteStartObject("cpu");
        if (IsUnified("cpu") ?? group.Has("cgroup"))
            WriteUnifiedCpu();
        else
            WriteLegacyCpu();
        WritePressure("cpu");
        json.WriteEndObject();
    }

    private void WriteUnifiedCpu()
    {
        // cpu.stat is in microseconds, and there without the controller; what is shown is in nanoseconds.
        var stat = ReadKeys("cgroup", "cpu.stat");
        json.WriteStartObject("usage");
        WriteUnlessZero("total", Nanoseconds("usage_usec"));
        json.WriteNumber("kernel", Nanoseconds("system_usec"));
        json.WriteNumber("user", Nanoseconds("user_usec"));
        json.WriteEndObject();
        WriteThrottling(stat, Nanoseconds("throttled_usec"));

        ulong Nanoseconds(string key) => stat.GetValueOrDefault(key) * 1000;
    }

    private void WriteLegacyCpu()
    {
        // cpuacct.txt: cpuacct.stat is in USER_HZ, a hundredth of a second, the rest in nanoseconds.
        const ulong nanosecondsPerTick = 10_000_000;
        var ticks = ReadKeys("cpuacct", "cpuacct.stat");
        json.WriteStartObject("usage");
        WriteUnlessZero("total", ReadNumber("cpuacct", "cpuacct.usage") ?? 0);
        if (TryRead("cpuacct", "cpuacct.usage_percpu") is { } percpu)
            WriteArray("percpu", Fields(percpu).Select(ParseUInt64));
        if (TryRead("cpuacct", "cpuacct.usage_all") is { } all)
        {
            // "cpu user system", then a line for each.
            var rows = all.Split('\n').Skip(1).Select(Fields).Where(row => row.Length >= 3).ToArray();
            WriteArray("percpu_kernel", rows.Select(row => ParseUInt64(row[2])));
            WriteArray("percpu_user", rows.Select(row => ParseUInt64(row[1])));
        }
        json.WriteNumber("kernel", ticks.GetValueOrDefault("system") * nanosecondsPerTick);
        json.WriteNumber("user", ticks.GetValueOrDefault("user") * nanosecondsPerTick);
        json.WriteEndObject();
        var stat = ReadKeys("cpu", "cpu.stat");
        WriteThrottling(stat, stat.GetValueOrDefault("throttled_time"));
    }

    private void WriteThrottling(Dictionary<string, ulong> stat, ulong nanoseconds)
    {
        if (stat.GetValueOrDefault("nr_periods") == 0 && stat.GetValueOrDefault("nr_throttled") == 0 && nanoseconds == 0)
            return;
        json.WriteStartObject("throttling");
        WriteUnlessZero("periods", stat.GetValueOrDefault("nr_periods"));
        WriteUnlessZero("throttledPeriods", stat.GetValueOrDefault("nr_throttled"));
        WriteUnlessZero("throttledTime", nanoseconds);
        json.WriteEndObject();
    }

    private void WriteCpuset()
    {
        json.WriteStartObject("cpuset");
        var isLegacy = IsUnified("cpuset") == false;
        if (isLegacy)
        {
            WriteArray("cpus", Range(TryRead("cpuset", "cpuset.cpus")));
            WriteArray("mems", Range(TryRead("cpuset", "cpuset.mems")));
        }
        foreach (var name in (ReadOnlySpan<string>)["cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page", "memory_spread_slab", "memory_pressure", "sched_load_balance"])
            json.WriteNumber(name, isLegacy ? ReadNumber("cpuset", "cpuset." + name) ?? 0 : 0);
        var level = isLegacy ? TryRead("cpuset", "cpuset.sched_relax_domain_level") : null;
        json.WriteNumber("sched_relax_domain_level", level is null ? 0 : long.Parse(level, CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private void WritePids()
    {
        json.WriteStartObject("pids");
        WriteUnlessZero("current", ReadNumber("pids", "pids.current") ?? 0);
        // No limit is 0 here, unlike for memory.
        if (TryRead("pids", "pids.max") is { } limit and not "max")
            WriteUnlessZero("limit", ParseUInt64(limit));
        json.WriteEndObject();
    }

    private void WriteHugepages()
    {
        const string sizes = "/sys/kernel/mm/hugepages";
        json.WriteStartObject("hugetlb");
        if (IsUnified("hugetlb") is { } unified && Directory.Exists(sizes))
        {
            foreach (var directory in Directory.GetDirectories(sizes, "hugepages-*kB").Order(StringComparer.Ordinal))
            {
                var size = "hugetlb." + PageSize(ParseUInt64(Path.GetFileName(directory)["hugepages-".Length..^"kB".Length]));
                json.WriteStartObject(size["hugetlb.".Length..]);
                WriteUnlessZero("usage", ReadNumber("hugetlb", size + (unified ? ".rsvd.current" : ".rsvd.usage_in_bytes"))
                    ?? ReadNumber("hugetlb", size + (unified ? ".current" : ".usage_in_bytes")) ?? 0);
                if (!unified)
                    WriteUnlessZero("max", ReadNumber("hugetlb", size + ".rsvd.max_usage_in_bytes") ?? ReadNumber("hugetlb", size + ".max_usage_in_bytes") ?? 0);
                json.WriteNumber("failcnt", unified
                    ? ReadKeys("hugetlb", size + ".events").GetValueOrDefault("max")
                    : ReadNumber("hugetlb", size + ".rsvd.failcnt") ?? ReadNumber("hugetlb", size + ".failcnt") ?? 0);
                json.WriteEndObject();
            }
        }
        json.WriteEndObject();
    }

    /// <summary>As the files are named: 64KB, 2MB, 1GB (hugetlb.rst).</summary>
    private static string PageSize(ulong kilobytes) => kilobytes switch
    {
        >= 1 << 20 => $"{kilobytes >> 20}GB",
        >= 1 << 10 => $"{kilobytes >> 10}MB",
        _ => $"{kilobytes}KB",
    };

    /// <summary>Pressure stall information, <c>some avg10=0.00 avg60=0.00 avg300=0.00 total=0</c> (psi.rst); version 2 only.</summary>
    private void WritePressure(string resource)
    {
        if (TryRead("cgroup", resource + ".pressure") is not { Length: > 0 } text)
            return;
        json.WriteStartObject("psi");
        foreach (var line in text.Split('\n').Select(Fields))
        {
            json.WriteStartObject(line[0]);
            foreach (var (key, value) in line.Skip(1).Select(field => field.Split('=')).Where(pair => pair.Length == 2).Select(pair => (pair[0], pair[1])))
            {
                if (key == "total")
                    json.WriteNumber(key, ParseUInt64(value));
                else
                    json.WriteNumber(key, double.Parse(value, CultureInfo.InvariantCulture));
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private bool? IsUnified(string controller) => group.Has(controller) ? group.IsUnified(controller) : null;

    private string? TryRead(string controller, string file)
    {
        try
        {
            return group.Read(controller, file);
        }
        catch (ErrnoException)
        {
            return null;
        }
    }

    /// <summary>A file with one number; <c>max</c> is the largest, as version 1 shows it.</summary>
    private ulong? ReadNumber(string controller, string file) =>
        TryRead(controller, file) is { } text ? text == "max" ? ulong.MaxValue : ParseUInt64(text) : null;

    private Dictionary<string, ulong> ReadKeys(string controller, string file)
    {
        var values = new Dictionary<string, ulong>();
        foreach (var fields in (TryRead(controller, file) ?? "").Split('\n').Select(Fields))
        {
            if (fields.Length == 2)
                values[fields[0]] = ParseUInt64(fields[1]);
        }
        return values;
    }

    private void WriteUnlessZero(string name, ulong value)
    {
        if (value != 0)
            json.WriteNumber(name, value);
    }

    private void WriteArray(string name, IEnumerable<ulong> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    /// <summary>A list such as <c>0-3,7</c>.</summary>
    private static IEnumerable<ulong> Range(string? list)
    {
        foreach (var part in (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-');
            for (var value = ParseUInt64(ends[0]); value <= ParseUInt64(ends[^1]); value++)
                yield return value;
        }
    }

    private static string[] Fields(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static ulong ParseUInt64(string text) => ulong.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
