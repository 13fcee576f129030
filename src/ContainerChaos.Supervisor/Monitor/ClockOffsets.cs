using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>How far the clocks of a container are ahead of the host's (time_namespaces(7)), from the next start of PID 1 on.</summary>
public sealed record ClockOffsets
{
    /// <summary>CLOCK_MONOTONIC, and those like it.</summary>
    public TimeSpan Monotonic { get; init; }

    /// <summary>CLOCK_BOOTTIME, which uptime(1) shows.</summary>
    public TimeSpan BootTime { get; init; }

    /// <summary>A runtime-spec with these clocks.</summary>
    internal RuntimeSpec In(RuntimeSpec spec) => spec with
    {
        Linux = spec.Linux! with
        {
            Namespaces = [.. spec.Linux.Namespaces.Where(n => n.Type != "time"), new NamespaceSpec { Type = "time" }],
            TimeOffsets = new Dictionary<string, TimeOffsetSpec> { ["monotonic"] = Of(Monotonic), ["boottime"] = Of(BootTime) },
        },
    };

    private static TimeOffsetSpec Of(TimeSpan offset) => new() { Secs = (long)offset.TotalSeconds, Nanosecs = (uint)(offset.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick) };
}
