using System.Text.RegularExpressions;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>What the runtime-spec's fields are called where containers are made: an error about one of them names the option that was given.</summary>
internal static partial class OptionNames
{
    private static readonly (string Field, string Option)[] s_names =
    [
        ("linux.resources.memory.limit", "Memory"), ("linux.resources.memory.swappiness", "MemorySwappiness"), ("linux.resources.memory.swap", "MemorySwap"),
        ("linux.resources.memory.reservation", "MemoryReservation"), ("linux.resources.memory.disableOOMKiller", "OomKillDisable"),
        ("linux.resources.cpu.shares", "CpuShares"), ("linux.resources.cpu.quota", "Cpus or -CpuQuota"), ("linux.resources.cpu.period", "CpuPeriod"),
        ("linux.resources.cpu.realtimeRuntime", "CpuRtRuntime"), ("linux.resources.cpu.realtimePeriod", "CpuRtPeriod"),
        ("linux.resources.cpu.cpus", "CpusetCpus"), ("linux.resources.cpu.mems", "CpusetMems"), ("linux.resources.pids.limit", "PidsLimit"),
        ("linux.resources.blockIO.weight", "BlkioWeight"), ("linux.resources.blockIO.throttleReadBpsDevice", "DeviceReadBps"),
        ("linux.resources.blockIO.throttleWriteBpsDevice", "DeviceWriteBps"), ("linux.resources.blockIO.throttleReadIOPSDevice", "DeviceReadIops"),
        ("linux.resources.blockIO.throttleWriteIOPSDevice", "DeviceWriteIops"), ("linux.resources.devices", "Device or -DeviceCgroupRule"),
        ("linux.devices", "Device"), ("linux.sysctl", "Sysctl"), ("process.rlimits", "Ulimit"), ("process.oomScoreAdj", "OomScoreAdj"),
    ];

    /// <summary>Does something, and has its error name options.</summary>
    /// <exception cref="ContainerException">What it threw, with another message.</exception>
    public static T Translate<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ContainerException e) when (Translate(e.Message) is { } message)
        {
            throw new ContainerException(e.Reason, message, e.Target, e) { Remedy = e.Remedy ?? "Give another value, or leave the option out.", Errno = e.Errno };
        }
    }

    private static string? Translate(string message)
    {
        var match = Field().Match(message);
        return match.Success && s_names.FirstOrDefault(name => match.Value.StartsWith(name.Field, StringComparison.Ordinal)) is { Option: { } option }
            ? $"{message[..match.Index]}-{option} ({match.Value}){message[(match.Index + match.Length)..]}"
            : null;
    }

    [GeneratedRegex(@"\b(linux\.(resources|devices|sysctl)|process\.(rlimits|oomScoreAdj))[\w.\[\]""]*[\w\]]")]
    private static partial Regex Field();
}
