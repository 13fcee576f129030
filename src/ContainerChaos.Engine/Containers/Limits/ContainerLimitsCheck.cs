using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>Checks what a container may use, when it is made and when it is changed (moby, daemon/daemon_unix.go, verifyPlatformContainerResources).</summary>
internal static class ContainerLimitsCheck
{
    /// <summary>Docker's minimum; below it the kernel can't even start an ordinary process.</summary>
    private const long MinimumMemoryBytes = 6 * 1024 * 1024;

    /// <summary>The smallest quota of the CPU controller is 1 ms of a 100 ms period.</summary>
    private const double MinimumCpus = 0.01;

    /// <summary>The kernel's (sched-rt-group.rst), in microseconds.</summary>
    private const long DefaultRealtimePeriod = 1_000_000;

    /// <exception cref="ContainerException">InvalidArgument, LimitTooLow, NotSupported.</exception>
    public static void Check(ContainerLimits limits, string subject)
    {
        CheckMemory(limits, subject);
        CheckCpus(limits, subject);
        CheckRealtime(limits, subject);
        CheckSet("CpusetCpus", limits.CpusetCpus, "/sys/devices/system/cpu/online", "processors", subject);
        CheckSet("CpusetMems", limits.CpusetMems, "/sys/devices/system/node/online", "memory nodes", subject);
        Range("BlkioWeight", limits.BlkioWeight, 10, 1000);
        if (limits.PidsLimit < -1)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"The pids limit {limits.PidsLimit} is negative.", subject, "Give 1 or more, or 0 for no limit.");

        void Range(string option, long? value, long from, long to)
        {
            if (value is { } number && (number < from || number > to))
                throw EngineErrors.Option(option, number, $"is not between {from} and {to}", subject, $"Give a number from {from} to {to}, or leave it out.");
        }
    }

    private static void CheckMemory(ContainerLimits limits, string subject)
    {
        switch (limits.MemoryBytes)
        {
            case < 0:
                EngineErrors.Throw(ErrorReason.InvalidArgument, $"The memory limit {limits.MemoryBytes} is negative.", subject, "Give a size such as 64m, or none at all.");
                break;
            case > 0 and < MinimumMemoryBytes and var bytes:
                EngineErrors.Throw(
                    ErrorReason.LimitTooLow, $"The memory limit {ByteSize.Format(bytes)} is below the minimum of {ByteSize.Format(MinimumMemoryBytes)}.", subject,
                    $"Give at least {ByteSize.Format(MinimumMemoryBytes)}, or no limit.");
                break;
        }

        if (limits.MemorySwapBytes is { } swap)
        {
            if (swap < -1)
                throw EngineErrors.Option("MemorySwap", swap, "is negative", subject, "Give memory and swap together, or -1 for as much swap as there is.");
            if (limits.MemoryBytes is null && swap > 0)
                throw EngineErrors.Option("MemorySwap", Size(swap), "limits memory and swap together, and there is no limit on memory", subject, "Give -Memory as well.");
            if (swap != -1 && swap < limits.MemoryBytes)
                throw EngineErrors.Option("MemorySwap", Size(swap), $"is memory and swap together, and less than the memory limit of {Size(limits.MemoryBytes.Value)}", subject, "Give at least what -Memory says.");
        }

        if (limits.MemoryReservationBytes is { } reservation)
        {
            if (reservation < 0)
                throw EngineErrors.Option("MemoryReservation", reservation, "is negative", subject, "Give a size such as 32m, or none at all.");
            if (reservation < MinimumMemoryBytes)
                throw EngineErrors.Option("MemoryReservation", Size(reservation), $"is below the minimum of {Size(MinimumMemoryBytes)}", subject, $"Give at least {Size(MinimumMemoryBytes)}.", ErrorReason.LimitTooLow);
            if (reservation > limits.MemoryBytes)
                throw EngineErrors.Option("MemoryReservation", Size(reservation), $"is more than the memory limit of {Size(limits.MemoryBytes.Value)}", subject, "Give less than -Memory.");
        }
        if (limits.MemorySwappiness is { } swappiness and (< 0 or > 100))
            throw EngineErrors.Option("MemorySwappiness", swappiness, "is not between 0 and 100", subject, "Give a number from 0 to 100, or leave it out.");
    }

    private static void CheckCpus(ContainerLimits limits, string subject)
    {
        if (limits.Cpus is { } cpus)
        {
            var available = CountProcessors();
            if (!double.IsFinite(cpus) || cpus < 0 || cpus > available)
            {
                EngineErrors.Throw(
                    ErrorReason.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"The CPU limit {cpus} is not between {MinimumCpus} and the {available} CPUs of this host."), subject,
                    string.Create(CultureInfo.InvariantCulture, $"Give a number from {MinimumCpus} to {available}."));
            }

            if (cpus < MinimumCpus)
            {
                EngineErrors.Throw(
                    ErrorReason.LimitTooLow, string.Create(CultureInfo.InvariantCulture, $"The CPU limit {cpus} is below the kernel's minimum of {MinimumCpus}."), subject,
                    string.Create(CultureInfo.InvariantCulture, $"Give at least {MinimumCpus}, or no limit."));
            }
            if (limits.CpuPeriod is not null || limits.CpuQuota is not null)
                throw EngineErrors.Option("Cpus", cpus, $"is a quota and a period already, and does not go with {(limits.CpuQuota is null ? "-CpuPeriod" : "-CpuQuota")}", subject, "Give -Cpus, or the other two.");
        }
        if (limits.CpuShares is { } shares and (< 2 or > 262144))
            throw EngineErrors.Option("CpuShares", shares, "is not between 2 and 262144", subject, "Give a number from 2 to 262144; 1024 is everybody's.");
        if (limits.CpuPeriod is { } period and (< 1000 or > 1_000_000))
            throw EngineErrors.Option("CpuPeriod", period, "is not between 1000 and 1000000 microseconds", subject, "Give a number from 1000 to 1000000.");
        if (limits.CpuQuota is { } quota and not -1 and < 1000)
            throw EngineErrors.Option("CpuQuota", quota, "is less than 1000 microseconds", subject, "Give 1000 or more, or -1 for no limit.");
    }

    // moby, daemon/daemon_unix.go: "kernel does not support CPU real-time scheduler".
    private static void CheckRealtime(ContainerLimits limits, string subject)
    {
        if ((limits.CpuRtRuntime ?? limits.CpuRtPeriod) is not { } given)
            return;
        var option = limits.CpuRtRuntime is null ? "CpuRtPeriod" : "CpuRtRuntime";
        if (given < 0 || limits.CpuRtPeriod < 0)
            throw EngineErrors.Option(option, given, "is negative", subject, "Give microseconds.");
        if (limits.CpuRtRuntime > (limits.CpuRtPeriod ?? DefaultRealtimePeriod))
            throw EngineErrors.Option(option, given, $"is more than the period of {limits.CpuRtPeriod ?? DefaultRealtimePeriod}", subject, "Give less, or a longer -CpuRtPeriod.");
        if (!Cgroup.HasRealtime(CgroupHost.Current))
        {
            throw EngineErrors.Option(
                option, given, "needs version 1 of the control groups and a kernel with CONFIG_RT_GROUP_SCHED, and this host has none", subject,
                "Leave it out: on such a host real-time processes need a -Ulimit rtprio=… and -CapAdd SYS_NICE only.", ErrorReason.NotSupported);
        }
    }

    private static void CheckSet(string option, string? text, string online, string what, string subject)
    {
        if (text is null)
            return;
        // cpuset(7), List format: "0-4,9".
        var available = NumberSet.TryParse(File.Exists(online) ? File.ReadAllText(online) : "0");
        if (NumberSet.TryParse(text) is not { Count: > 0 } asked)
            throw EngineErrors.Option(option, text, "is no list of numbers", subject, "Write numbers and ranges: 0-2,4");
        if (available is not null && asked.Except(available).Order().ToArray() is { Length: > 0 } missing)
            throw EngineErrors.Option(option, text, $"names {what} that this host does not have: {string.Join(',', missing)}", subject, $"The host has {File.ReadAllText(online).Trim()}.");
    }

    private static string Size(long bytes) => bytes < 0 ? bytes.ToString(CultureInfo.InvariantCulture) : ByteSize.Format(bytes);

    // Not Environment.ProcessorCount: that is what this process may use, which a limit of its own makes less.
    private static int CountProcessors() =>
        File.Exists("/sys/devices/system/cpu/online") && NumberSet.TryParse(File.ReadAllText("/sys/devices/system/cpu/online")) is { } online ? online.Count : Environment.ProcessorCount;
}
