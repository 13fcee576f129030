using System.Globalization;
using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>
/// Reads a container's use of resources: cgroup-v2.rst, and for version 1 cpuacct.txt, memory.txt and blkio-controller.txt. What
/// the host's set-up does not have comes as zero, or as null where null says so.
/// </summary>
internal sealed class StatisticsReader(Cgroup group)
{
    // memory.txt, 5.3: the largest value, rounded down to a page, means no limit.
    private const long NoLegacyLimit = long.MaxValue / 4096 * 4096;

    private (long Nanoseconds, long Ticks)? _previous;

    /// <summary>Reads everything; the CPU's share is of the time since the last call, 0 at the first.</summary>
    public ContainerStatistics Read(Container container, int pid)
    {
        var now = System.Diagnostics.Stopwatch.GetTimestamp();
        var cpu = CpuNanoseconds();
        var share = _previous is { } before && now > before.Ticks
            ? 100.0 * (cpu - before.Nanoseconds) / System.Diagnostics.Stopwatch.GetElapsedTime(before.Ticks, now).TotalNanoseconds
            : 0;
        _previous = (cpu, now);
        var (throttledPeriods, throttledNanoseconds) = Throttling();
        var memory = Memory();
        var (read, written) = BlockIO();
        var network = Network(pid);
        return new ContainerStatistics
        {
            Name = container.Name,
            Id = container.Id,
            Time = DateTimeOffset.UtcNow,
            CpuPercent = Math.Max(0, share),
            CpuTime = FromNanoseconds(cpu),
            ThrottledPeriods = throttledPeriods,
            ThrottledTime = FromNanoseconds(throttledNanoseconds),
            MemoryBytes = memory.Used,
            CacheBytes = memory.Cache,
            MemoryLimitBytes = memory.Limit,
            OomKills = ReadKey("memory", group.Has("memory") && group.IsUnified("memory") ? "memory.events" : "memory.oom_control", "oom_kill"),
            Pids = ReadNumber("pids", "pids.current"),
            PidsLimit = TryRead("pids", "pids.max") is { } most and not "max" ? Number(most) : null,
            BlockReadBytes = read,
            BlockWriteBytes = written,
            NetworkReceivedBytes = network?.Received,
            NetworkSentBytes = network?.Sent,
            CpuPressure = Pressure("cpu"),
            MemoryPressure = Pressure("memory"),
            IOPressure = Pressure("io"),
        };
    }

    private long CpuNanoseconds() => group.Has("cpuacct") ? ReadNumber("cpuacct", "cpuacct.usage") : ReadKey("cgroup", "cpu.stat", "usage_usec") * 1000;

    private (long Periods, long Nanoseconds) Throttling() => (
        ReadKey("cpu", "cpu.stat", "nr_throttled"),
        group.Has("cpu") && group.IsUnified("cpu") ? ReadKey("cpu", "cpu.stat", "throttled_usec") * 1000 : ReadKey("cpu", "cpu.stat", "throttled_time"));

    private (long Used, long Cache, long? Limit) Memory()
    {
        if (!group.Has("memory"))
            return (0, 0, null);
        var unified = group.IsUnified("memory");
        var limit = unified
            ? TryRead("memory", "memory.max") is "max" or null ? (long?)null : ReadNumber("memory", "memory.max")
            : ReadNumber("memory", "memory.limit_in_bytes") is > 0 and < NoLegacyLimit and var legacy ? legacy : null;
        var droppable = ReadKey("memory", "memory.stat", unified ? "inactive_file" : "total_inactive_file");
        return (Math.Max(0, ReadNumber("memory", unified ? "memory.current" : "memory.usage_in_bytes") - droppable), ReadKey("memory", "memory.stat", unified ? "file" : "total_cache"), limit);
    }

    // Version 2: "8:0 rbytes=1 wbytes=2 …"; version 1: "8:0 Read 1".
    private (long Read, long Written) BlockIO()
    {
        var (read, written) = (0L, 0L);
        if (!group.Has("blkio"))
            return (0, 0);
        if (group.IsUnified("blkio"))
        {
            foreach (var field in (TryRead("blkio", "io.stat") ?? "").Split([' ', '\n']))
            {
                read += ValueAfter(field, "rbytes=");
                written += ValueAfter(field, "wbytes=");
            }
            return (read, written);
        }
        foreach (var line in (TryRead("blkio", "blkio.throttle.io_service_bytes_recursive") ?? TryRead("blkio", "blkio.throttle.io_service_bytes") ?? "").Split('\n'))
        {
            var fields = line.Split(' ');
            if (fields is [_, "Read", var value])
                read += Number(value);
            else if (fields is [_, "Write", var other])
                written += Number(other);
        }
        return (read, written);

        static long ValueAfter(string field, string key) => field.StartsWith(key, StringComparison.Ordinal) ? Number(field[key.Length..]) : 0;
    }

    // proc_pid_net(5), dev: two lines of headings, then "name: received … sent …", eight columns each.
    private static (long Received, long Sent)? Network(int pid)
    {
        try
        {
            if (new FileInfo($"/proc/{pid}/ns/net").LinkTarget == new FileInfo("/proc/self/ns/net").LinkTarget)
                return null;
            var (received, sent) = (0L, 0L);
            foreach (var line in File.ReadLines($"/proc/{pid}/net/dev").Skip(2))
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon < 0 || line.AsSpan(0, colon).Trim() is "lo")
                    continue;
                var columns = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                received += Number(columns[0]);
                sent += Number(columns[8]);
            }
            return (received, sent);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has just ended.
            return null;
        }
    }

    // psi.rst: "some avg10=0.00 avg60=0.00 avg300=0.00 total=0" comes first.
    private double? Pressure(string resource)
    {
        const string key = "avg10=";
        return group.Has("cgroup") && TryRead("cgroup", resource + ".pressure") is { } text && text.Split([' ', '\n']).FirstOrDefault(f => f.StartsWith(key, StringComparison.Ordinal)) is { } field
            ? double.Parse(field.AsSpan(key.Length), CultureInfo.InvariantCulture)
            : null;
    }

    private string? TryRead(string controller, string file)
    {
        try
        {
            return group.Has(controller) ? group.Read(controller, file) : null;
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.ENODEV or Errno.EOPNOTSUPP)
        {
            return null;
        }
    }

    private long ReadNumber(string controller, string file) => Number(TryRead(controller, file) ?? "");

    private long ReadKey(string controller, string file, string key)
    {
        foreach (var line in (TryRead(controller, file) ?? "").Split('\n'))
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line.Length > key.Length && line[key.Length] == ' ')
                return Number(line[(key.Length + 1)..]);
        }
        return 0;
    }

    private static TimeSpan FromNanoseconds(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    private static long Number(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
