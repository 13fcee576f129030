using ContainerChaos.Linux;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>A fault as a scenario file has it: a step whose action is the fault's name, and whose keys are its parameters.</summary>
internal static class FaultSection
{
    private const int Most = 10_000;

    private static readonly Dictionary<string, Func<YamlSection, FaultSpec>> s_faults = new(StringComparer.Ordinal)
    {
        ["kill-process"] = yaml => new KillProcessFault(yaml.Required("process"), yaml.Number("share", 1, 0, 1), Signal(yaml, "KILL"), yaml.Integer("seed", 0, int.MaxValue)),
        ["signal-storm"] = yaml => new SignalStormFault(Signal(yaml, "USR1"), yaml.Integer("rate", 1, 100_000) ?? 1000),
        ["zombie"] = yaml => new ZombieFault(Count(yaml, Most)),
        ["orphan"] = yaml => new OrphanFault(Count(yaml, Most)),
        ["fork-bomb"] = yaml => new ForkBombFault(yaml.Integer("count", 1, Most)),
        ["thread"] = yaml => new ThreadFault(Count(yaml, Most)),
        ["file-descriptor"] = yaml => new FileDescriptorFault(yaml.Integer("leave", 0, 1_000_000) ?? 0),
        ["freeze"] = _ => new FreezeFault(),
        ["sigstop"] = yaml => new SigStopFault(yaml.Boolean("only-init") ?? false),
        ["nice"] = yaml => new NiceFault(yaml.Integer("value", -20, 19) ?? 19),
        ["cpu-weight"] = yaml => new CpuWeightFault(yaml.Integer("weight", 1, 10_000) ?? 1),
        ["cpu"] = yaml => new CpuFault(yaml.Integer("processors", 1, 256) ?? 1),
        ["cpu-quota"] = yaml => new CpuQuotaFault(yaml.Number("processors", 0.1, 0.01, 1024)),
        ["cpu-throttle"] = yaml => new CpuThrottleFault(yaml.Number("processors", 0.1, 0.01, 1024), yaml.Duration("period") ?? TimeSpan.FromMilliseconds(200)),
        ["cpuset"] = yaml => new CpuSetFault(yaml.Required("processors")),
        ["noisy-neighbour"] = yaml => new NoisyNeighbourFault(yaml.Integer("processors", 1, 256) ?? 1),
        ["memory-overrun"] = yaml => new MemoryOverrunFault(yaml.Size("rate") ?? 0),
        ["memory-limit"] = yaml => new MemoryLimitFault(yaml.Size("limit") ?? throw yaml.Error("the key 'limit' is missing.")),
        ["memory-pressure"] = yaml => new MemoryPressureFault(yaml.Number("share", 0.9, 0.1, 1)),
        ["evict-page-cache"] = _ => new EvictPageCacheFault(),
        ["oom-child"] = _ => new OomChildFault(),
        ["oom-group"] = _ => new OomChildFault(Group: true),
        ["disk-fill"] = yaml => new DiskFillFault(yaml.Required("path"), yaml.Size("size") ?? 0),
        ["inode"] = yaml => new InodeFault(yaml.Required("path"), Count(yaml, 1_000_000)),
        ["io-throttle"] = yaml => new IoThrottleFault(yaml.Size("rate") ?? throw yaml.Error("the key 'rate' is missing."), yaml.Text("path") ?? "/"),
        ["read-only"] = yaml => new ReadOnlyFault(yaml.Text("path") ?? "/"),
        ["corrupt-file"] = yaml => new CorruptFileFault(yaml.Required("path"), yaml.Integer("bytes", 1, 65_536) ?? 64, yaml.Integer("seed", 0, int.MaxValue)),
        ["delete-file"] = yaml => new DeleteFileFault(yaml.Required("path")),
        ["partition"] = yaml => new PartitionFault(yaml.Texts("from") ?? [], Direction(yaml)),
        ["black-hole"] = yaml => new PortFault(Port(yaml), Resets: false, yaml.Boolean("of-peer") ?? false),
        ["connection-reset"] = yaml => new PortFault(Port(yaml), Resets: true, yaml.Boolean("of-peer") ?? false),
        ["conntrack-exhaustion"] = yaml => new ConntrackExhaustionFault(yaml.Integer("leave", 0, 1_000_000) ?? 0),
        ["dns"] = yaml => new DnsFault(
            yaml.Choice("mode", ("drop", DnsMode.Drop), ("refuse", DnsMode.Refuse), ("fail", DnsMode.Fail), ("unknown", DnsMode.Unknown), ("lie", DnsMode.Lie), ("delay", DnsMode.Delay)) ?? DnsMode.Drop,
            yaml.Text("address"),
            yaml.Duration("delay") ?? TimeSpan.Zero),
        ["link-down"] = yaml => new LinkDownFault(yaml.Duration("period") ?? TimeSpan.Zero),
        ["network-rate"] = yaml => new NetworkRateFault(yaml.Size("rate") ?? throw yaml.Error("the key 'rate' is missing."), Direction(yaml)),
        ["netem"] = yaml => new NetemFault(
            new NetworkEmulation
            {
                Delay = yaml.Duration("delay") ?? TimeSpan.Zero,
                Jitter = yaml.Duration("jitter") ?? TimeSpan.Zero,
                Loss = yaml.Number("loss", 0, 0, 100),
                Duplicate = yaml.Number("duplicate", 0, 0, 100),
                Reorder = yaml.Number("reorder", 0, 0, 100),
                Corrupt = yaml.Number("corrupt", 0, 0, 100),
                Rate = yaml.Size("rate") ?? 0,
            },
            Direction(yaml)),
        ["syscall"] = yaml => new SyscallFault(yaml.Texts("calls") ?? throw yaml.Error("the key 'calls' is missing."))
        {
            Errno = yaml.Text("errno") is { } name ? (SyscallFault.TryParse(name, out Errno errno) ? errno : throw yaml.Error("errno", "that is no error number; write EIO, ENOSPC or a number.")) : Errno.None,
            Delay = yaml.Duration("delay") ?? TimeSpan.Zero,
            Every = yaml.Integer("every", 1, int.MaxValue) ?? 1,
            Share = yaml.Number("share", 1, 0, 1),
            Seed = yaml.Integer("seed", 0, int.MaxValue),
            Path = yaml.Text("path"),
        },
        ["clock-offset"] = yaml =>
        {
            string text = yaml.Required("offset");
            TimeSpan offset = DurationText.TryParse(text, out TimeSpan read) ? read : throw yaml.Error("offset", $"'{text}' is not a duration; write 1.5s or 1440m.");
            (bool isMonotonic, bool isBootTime) = yaml.Choice("clock", ("both", (true, true)), ("monotonic", (true, false)), ("boottime", (false, true))) ?? (true, true);
            return new ClockOffsetFault(isMonotonic ? offset : TimeSpan.Zero, isBootTime ? offset : TimeSpan.Zero);
        },
        ["state-directory"] = _ => new StateDirectoryFault(),
        ["log-disk"] = _ => new LogDiskFault(),
        ["monitor"] = _ => new MonitorFault(),
        ["monitor-stall"] = _ => new MonitorFault(Stalls: true),
    };

    /// <summary>The names of the faults, which are actions.</summary>
    internal static IReadOnlyCollection<string> Names => s_faults.Keys;

    /// <summary>The fault that a step asks for; null when its action is none.</summary>
    internal static FaultSpec? TryRead(YamlSection yaml) =>
        yaml.Text("action") is { } action && s_faults.TryGetValue(action, out Func<YamlSection, FaultSpec>? read) ? read(yaml) : null;

    private static int Count(YamlSection yaml, int most) => yaml.Integer("count", 1, most) ?? throw yaml.Error("the key 'count' is missing.");

    private static TrafficDirection Direction(YamlSection yaml) =>
        yaml.Choice("direction", ("both", TrafficDirection.Both), ("in", TrafficDirection.In), ("out", TrafficDirection.Out)) ?? TrafficDirection.Both;

    private static int Port(YamlSection yaml) => yaml.Integer("port", 1, 65_535) ?? throw yaml.Error("the key 'port' is missing.");

    private static int Signal(YamlSection yaml, string basis) =>
        SignalName.TryParse(yaml.Text("signal") ?? basis, out int number) ? number : throw yaml.Error("signal", "that is not a signal; write KILL, SEGV or a number.");
}
