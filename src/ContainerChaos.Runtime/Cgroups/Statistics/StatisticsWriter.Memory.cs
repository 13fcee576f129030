namespace ContainerChaos.Runtime;

// The memory and the block devices.
internal sealed partial class StatisticsWriter
{
    private void WriteMemory()
    {
        const string controller = "memory";
        json.WriteStartObject(controller);
        if (IsUnified(controller) is { } unified)
        {
            var raw = ReadKeys(controller, "memory.stat");
            WriteUnlessZero("cache", raw.GetValueOrDefault(unified ? "file" : "cache"));
            if (unified)
                WriteUnifiedMemory();
            else
                WriteLegacyMemory();
            json.WriteStartObject("raw");
            foreach (var (key, value) in raw)
                json.WriteNumber(key, value);
            json.WriteEndObject();
        }
        WritePressure(controller);
        json.WriteEndObject();
    }

    private void WriteUnifiedMemory()
    {
        var usage = ReadNumber("memory", "memory.current") ?? 0;
        var limit = ReadNumber("memory", "memory.max") ?? ulong.MaxValue;
        WriteEntry("usage", limit, usage, ReadNumber("memory", "memory.peak") ?? 0, failures: 0);
        // Memory and swap together, as version 1 counts; their peaks don't add up.
        if (ReadNumber("memory", "memory.swap.current") is { } swap)
        {
            var swapLimit = ReadNumber("memory", "memory.swap.max") ?? ulong.MaxValue;
            var both = swapLimit == ulong.MaxValue || limit == ulong.MaxValue ? ulong.MaxValue : limit + swapLimit;
            WriteEntry("swap", both, usage + swap, 0, failures: 0);
        }
    }

    private void WriteLegacyMemory()
    {
        foreach (var (name, prefix) in (ReadOnlySpan<(string, string)>)[("usage", "memory."), ("swap", "memory.memsw."), ("kernel", "memory.kmem."), ("kernelTCP", "memory.kmem.tcp.")])
        {
            if (ReadNumber("memory", prefix + "usage_in_bytes") is { } usage)
            {
                WriteEntry(
                    name, ReadNumber("memory", prefix + "limit_in_bytes") ?? 0, usage,
                    ReadNumber("memory", prefix + "max_usage_in_bytes") ?? 0, ReadNumber("memory", prefix + "failcnt") ?? 0);
            }
        }
    }

    private void WriteEntry(string name, ulong limit, ulong usage, ulong peak, ulong failures)
    {
        json.WriteStartObject(name);
        json.WriteNumber("limit", limit);
        WriteUnlessZero("usage", usage);
        WriteUnlessZero("max", peak);
        json.WriteNumber("failcnt", failures);
        json.WriteEndObject();
    }

    private void WriteBlockIO()
    {
        json.WriteStartObject("blkio");
        if (IsUnified("blkio") is { } unified)
        {
            if (unified)
                WriteUnifiedBlockIO();
            else
                WriteLegacyBlockIO();
        }
        WritePressure("io");
        json.WriteEndObject();
    }

    /// <summary><c>8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0</c> (cgroup-v2.rst, io.stat).</summary>
    private void WriteUnifiedBlockIO()
    {
        var lines = (TryRead("blkio", "io.stat") ?? "").Split('\n').Select(Fields).Where(fields => fields.Length > 1).ToArray();
        WriteTable("ioServiceBytesRecursive", ("rbytes", "Read"), ("wbytes", "Write"));
        WriteTable("ioServicedRecursive", ("rios", "Read"), ("wios", "Write"));

        void WriteTable(string name, params ReadOnlySpan<(string Key, string Operation)> keys)
        {
            if (lines.Length == 0)
                return;
            json.WriteStartArray(name);
            foreach (var fields in lines)
            {
                foreach (var (key, operation) in keys)
                {
                    if (fields.FirstOrDefault(field => field.StartsWith(key + "=", StringComparison.Ordinal)) is { } field)
                        WriteOperation(fields[0], operation, field[(key.Length + 1)..]);
                }
            }
            json.WriteEndArray();
        }
    }

    /// <summary><c>8:0 Read 4096</c>, and a total at the end (blkio-controller.txt).</summary>
    private void WriteLegacyBlockIO()
    {
        WriteTable("ioServiceBytesRecursive", "io_service_bytes", "throttle.io_service_bytes");
        WriteTable("ioServicedRecursive", "io_serviced", "throttle.io_serviced");
        WriteTable("ioQueueRecursive", "io_queued", null);
        WriteTable("ioServiceTimeRecursive", "io_service_time", null);
        WriteTable("ioWaitTimeRecursive", "io_wait_time", null);
        WriteTable("ioMergedRecursive", "io_merged", null);
        WriteTable("ioTimeRecursive", "time", null);
        WriteTable("sectorsRecursive", "sectors", null);

        void WriteTable(string name, string file, string? fallback)
        {
            // BFQ's numbers where it is the scheduler, else those of the throttling layer.
            var text = TryRead("blkio", $"blkio.bfq.{file}_recursive") is { } scheduled && scheduled.Contains(':')
                ? scheduled
                : fallback is null ? null : TryRead("blkio", $"blkio.{fallback}_recursive") ?? TryRead("blkio", $"blkio.{fallback}");
            var rows = (text ?? "").Split('\n').Select(Fields).Where(fields => fields.Length >= 2 && fields[0].Contains(':')).ToArray();
            if (rows.Length == 0)
                return;
            json.WriteStartArray(name);
            foreach (var fields in rows)
                WriteOperation(fields[0], fields.Length > 2 ? fields[1] : "", fields[^1]);
            json.WriteEndArray();
        }
    }

    private void WriteOperation(string device, string operation, string value)
    {
        var numbers = device.Split(':');
        json.WriteStartObject();
        WriteUnlessZero("major", ParseUInt64(numbers[0]));
        WriteUnlessZero("minor", ParseUInt64(numbers[^1]));
        if (operation.Length > 0)
            json.WriteString("op", operation);
        WriteUnlessZero("value", ParseUInt64(value));
        json.WriteEndObject();
    }
}
