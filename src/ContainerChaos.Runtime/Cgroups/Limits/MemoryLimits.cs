using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Sets the memory limits (runtime-spec, config-linux: Memory; memory.rst of version 1, cgroup-v2.rst).</summary>
internal static class MemoryLimits
{
    private const string Controller = "memory";
    private const string Limit = "memory.limit", Swap = "memory.swap", Reservation = "memory.reservation";

    internal static void Apply(LimitWriter limits, MemorySpec memory)
    {
        if (memory == new MemorySpec { CheckBeforeUpdate = memory.CheckBeforeUpdate })
            return;
        // A limit of 0 can't hold a process; the peers take it for "not given".
        memory = memory with { Limit = memory.Limit == 0 ? null : memory.Limit };
        if (limits.IsUnified(FirstField(memory), Controller))
            ApplyUnified(limits, memory);
        else
            ApplyLegacy(limits, memory);
    }

    private static void ApplyUnified(LimitWriter limits, MemorySpec memory)
    {
        Refuse(memory.Swappiness is not null, "memory.swappiness");
        Refuse(memory.DisableOOMKiller == true, "memory.disableOOMKiller");
        Refuse(memory.UseHierarchy == false, "memory.useHierarchy");
        if (memory.CheckBeforeUpdate == true)
            RefuseBelowUsage(limits, memory);
        // memory.swap.max is for swap alone, where the runtime-spec counts both together.
        if (SwapAlone(limits, memory) is { } swap)
            limits.WriteIfPresent(Swap, Controller, "memory.swap.max", swap);
        if (memory.Limit is { } bytes)
            limits.Write(Limit, Controller, "memory.max", LimitWriter.OrMax(bytes));
        if (memory.Reservation is { } reservation and not 0)
            limits.Write(Reservation, Controller, "memory.low", LimitWriter.OrMax(reservation));

        static void Refuse(bool given, string field)
        {
            if (given)
                throw LimitWriter.Error(ErrorReason.NotSupported, field, "cgroup version 2 has no such setting");
        }
    }

    private static string? SwapAlone(LimitWriter limits, MemorySpec memory)
    {
        if (memory.Swap is not { } total)
            return memory.Limit < 0 ? "max" : null;
        if (total <= 0)
            return LimitWriter.OrMax(total);
        var limit = memory.Limit
            ?? (limits.Read(Limit, Controller, "memory.max") is var current && long.TryParse(current, out var bytes)
                ? bytes
                : throw LimitWriter.Error(ErrorReason.InvalidArgument, Swap, "cannot set swap limit without the memory limit"));
        if (limit < 0)
            return LimitWriter.Text(total);
        return total >= limit
            ? LimitWriter.Text(total - limit)
            : throw LimitWriter.Error(ErrorReason.InvalidArgument, Swap, $"memory+swap limit should be >= memory limit: {total} < {limit}");
    }

    /// <summary>Version 2 would make room by killing; this is how version 1 behaves (runtime-spec, checkBeforeUpdate).</summary>
    private static void RefuseBelowUsage(LimitWriter limits, MemorySpec memory)
    {
        var usage = long.Parse(limits.Read(Limit, Controller, "memory.current"));
        if (memory.Swap > 0 && memory.Swap <= usage)
            throw LimitWriter.Error(ErrorReason.LimitTooLow, Swap, $"rejecting memory+swap limit {memory.Swap} <= usage {usage}");
        if (memory.Limit > 0 && memory.Limit <= usage)
            throw LimitWriter.Error(ErrorReason.LimitTooLow, Limit, $"rejecting memory limit {memory.Limit} <= usage {usage}");
    }

    private static void ApplyLegacy(LimitWriter limits, MemorySpec memory)
    {
        const string withSwapFile = "memory.memsw.limit_in_bytes";
        var withSwap = memory.Swap == 0 ? null : memory.Swap ?? (memory.Limit < 0 ? -1 : null);
        // The limit with swap may never be below the one without, so a pair that grows is written from its larger end.
        var swapFirst = withSwap is { } total && memory.Limit is not null
            && (total < 0 || long.Parse(limits.Read(Limit, Controller, "memory.limit_in_bytes")) < total);
        if (withSwap is { } before && swapFirst)
            limits.WriteIfPresent(Swap, Controller, withSwapFile, LimitWriter.Text(before));
        if (memory.Limit is { } bytes)
            WriteLegacyLimit(limits, bytes);
        if (withSwap is { } after && !swapFirst)
            limits.WriteIfPresent(Swap, Controller, withSwapFile, LimitWriter.Text(after));

        if (memory.Reservation is { } reservation and not 0)
            limits.Write(Reservation, Controller, "memory.soft_limit_in_bytes", reservation);
        // Both are marked "not recommended", and Linux 5.16 refuses the first one.
        if (memory.Kernel is { } kernel and not 0)
            limits.WriteIfPresent("memory.kernel", Controller, "memory.kmem.limit_in_bytes", LimitWriter.Text(kernel));
        if (memory.KernelTCP is { } kernelTcp and not 0)
            limits.WriteIfPresent("memory.kernelTCP", Controller, "memory.kmem.tcp.limit_in_bytes", LimitWriter.Text(kernelTcp));
        if (memory.UseHierarchy is { } hierarchy)
            limits.Write("memory.useHierarchy", Controller, "memory.use_hierarchy", hierarchy ? 1 : 0);
        if (memory.DisableOOMKiller is { } disable && (disable || limits.Read("memory.disableOOMKiller", Controller, "memory.oom_control").StartsWith("oom_kill_disable 1", StringComparison.Ordinal)))
            limits.Write("memory.disableOOMKiller", Controller, "memory.oom_control", disable ? 1 : 0);
        if (memory.Swappiness is { } swappiness)
        {
            if (swappiness > 100)
                throw LimitWriter.Error(ErrorReason.InvalidArgument, "memory.swappiness", $"invalid memory swappiness value: {swappiness} (valid range is 0-100)");
            limits.Write("memory.swappiness", Controller, "memory.swappiness", LimitWriter.Text(swappiness));
        }
    }

    private static void WriteLegacyLimit(LimitWriter limits, long bytes)
    {
        const string file = "memory.limit_in_bytes";
        switch (limits.TryWrite(Limit, Controller, file, LimitWriter.Text(bytes)))
        {
            case null:
                return;
            case { Errno: Errno.EBUSY } busy:
                var (usage, peak) = (limits.Read(Limit, Controller, "memory.usage_in_bytes"), limits.Read(Limit, Controller, "memory.max_usage_in_bytes"));
                throw LimitWriter.Error(
                    ErrorReason.LimitTooLow, Limit, $"unable to set memory limit to {bytes} (current usage: {usage}, peak usage: {peak})", busy);
            case var error:
                throw limits.Failure(Limit, Controller, error);
        }
    }

    private static string FirstField(MemorySpec memory) => memory switch
    {
        { Limit: not null } => Limit,
        { Swap: not null } => Swap,
        { Reservation: not null } => Reservation,
        { Kernel: not null } => "memory.kernel",
        { KernelTCP: not null } => "memory.kernelTCP",
        { Swappiness: not null } => "memory.swappiness",
        { DisableOOMKiller: not null } => "memory.disableOOMKiller",
        _ => "memory.useHierarchy",
    };
}
