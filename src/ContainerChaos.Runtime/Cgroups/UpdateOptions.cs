using System.Globalization;

namespace ContainerChaos.Runtime;

/// <summary>The options of <c>update</c>, as runc and crun have them, gathered into the specification's resources.</summary>
internal sealed class UpdateOptions
{
    private CpuSpec _cpu = new();
    private MemorySpec _memory = new();
    private BlockIOSpec _io = new();
    private PidsSpec? _pids;

    /// <summary>A file with resources, <c>-</c> for standard input; it replaces all the others.</summary>
    internal string? File { get; set; }

    /// <summary>The options with a value: their names, what stands for the value in the help, one line of help, and what they set.</summary>
    internal IEnumerable<(string Names, string Value, string Description, Action<string> Set)> All =>
    [
        ("--resources|-r", "FILE", "read all limits from a JSON file, - for standard input", v => File = v),
        ("--blkio-weight", "NUMBER", "relative share of block devices, 10 to 1000", v => _io = _io with { Weight = Number<ushort>("--blkio-weight", v) }),
        ("--cpu-period", "MICROSECONDS", "period of the CPU quota", v => _cpu = _cpu with { Period = Number<ulong>("--cpu-period", v) }),
        ("--cpu-quota", "MICROSECONDS", "CPU time a period; -1 for no limit", v => _cpu = _cpu with { Quota = Number<long>("--cpu-quota", v) }),
        ("--cpu-burst", "MICROSECONDS", "CPU time that can be saved up for later periods", v => _cpu = _cpu with { Burst = Number<ulong>("--cpu-burst", v) }),
        ("--cpu-share|--cpu-shares", "NUMBER", "relative share of CPU time, 2 to 262144", v => _cpu = _cpu with { Shares = Number<ulong>("--cpu-share", v) }),
        ("--cpu-idle", "0|1", "whether it runs only when nothing else wants to", v => _cpu = _cpu with { Idle = Number<long>("--cpu-idle", v) }),
        ("--cpu-rt-period", "MICROSECONDS", "period of the real-time limit", v => _cpu = _cpu with { RealtimePeriod = Number<ulong>("--cpu-rt-period", v) }),
        ("--cpu-rt-runtime", "MICROSECONDS", "real-time scheduling a period", v => _cpu = _cpu with { RealtimeRuntime = Number<long>("--cpu-rt-runtime", v) }),
        ("--cpuset-cpus", "LIST", "CPUs to use, as 0-3,7", v => _cpu = _cpu with { Cpus = v }),
        ("--cpuset-mems", "LIST", "memory nodes to use", v => _cpu = _cpu with { Mems = v }),
        ("--memory", "SIZE", "memory, as 67108864 or 64M; -1 for no limit", v => _memory = _memory with { Limit = Size("--memory", v) }),
        ("--memory-reservation", "SIZE", "what it is pushed back to when memory is short", v => _memory = _memory with { Reservation = Size("--memory-reservation", v) }),
        ("--memory-swap", "SIZE", "memory and swap together; -1 for no limit", v => _memory = _memory with { Swap = Size("--memory-swap", v) }),
        ("--kernel-memory", "SIZE", "obsolete, and ignored where the kernel has none", v => _memory = _memory with { Kernel = Size("--kernel-memory", v) }),
        ("--kernel-memory-tcp", "SIZE", "obsolete, and ignored where the kernel has none", v => _memory = _memory with { KernelTCP = Size("--kernel-memory-tcp", v) }),
        ("--pids-limit", "NUMBER", "processes and threads; -1 for no limit", v => _pids = new PidsSpec { Limit = Number<long>("--pids-limit", v) }),
        ("--l3-cache-schema", "SCHEMA", "refused: Intel RDT is not supported", v => throw NoRdt("--l3-cache-schema", v)),
        ("--mem-bw-schema", "SCHEMA", "refused: Intel RDT is not supported", v => throw NoRdt("--mem-bw-schema", v)),
    ];

    /// <summary>What is to be changed.</summary>
    /// <exception cref="ContainerException">The file is missing or not of the form (<see cref="ErrorReason.InvalidArgument"/>).</exception>
    internal ResourcesSpec ToResources() => File is null
        ? new ResourcesSpec { Cpu = _cpu, Memory = _memory, BlockIO = _io, Pids = _pids }
        : RuntimeSpecJson.ReadResources(File);

    /// <summary>A size as Docker and runc write it: bytes, or a number with k, m, g, t or p, of 1024 each; -1 for no limit.</summary>
    internal static long Size(string option, string text)
    {
        const string units = "kmgtp";
        if (text == "-1")
            return -1;
        var number = text.ToLowerInvariant();
        foreach (var suffix in (ReadOnlySpan<string>)["ib", "b"])
        {
            if (number.EndsWith(suffix, StringComparison.Ordinal) && number.Length > suffix.Length)
            {
                number = number[..^suffix.Length];
                break;
            }
        }
        var power = number.Length > 1 ? units.IndexOf(number[^1]) + 1 : 0;
        if (power > 0)
            number = number[..^1];
        var scale = Math.Pow(1024, power);
        // A whole number of bytes is exact where a floating-point one would not be.
        if (power == 0 && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            return bytes;
        return double.TryParse(number.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * scale < long.MaxValue
            ? (long)(value * scale)
            : throw Invalid(option, text);
    }

    private static T Number<T>(string option, string text)
        where T : struct, System.Numerics.IBinaryInteger<T> =>
        T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw Invalid(option, text);

    private static ContainerException Invalid(string option, string text) =>
        new(ErrorReason.InvalidArgument, $"{option}: invalid value for {option[2..]}: '{text}'.", text);

    private static ContainerException NoRdt(string option, string text) =>
        new(ErrorReason.NotSupported, $"{option}: Intel RDT is not enabled: this runtime does not manage it.", text);
}
