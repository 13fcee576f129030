namespace ContainerChaos.Runtime;

/// <summary>What must be so of a scheduling policy (sched_setattr(2)); the kernel's own answer is EINVAL for all of it.</summary>
internal static class SchedulerValidation
{
    internal static readonly string[] Policies = ["SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE"];

    internal static readonly string[] Flags =
    [
        "SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN", "SCHED_FLAG_KEEP_POLICY", "SCHED_FLAG_KEEP_PARAMS",
        "SCHED_FLAG_UTIL_CLAMP_MIN", "SCHED_FLAG_UTIL_CLAMP_MAX",
    ];

    internal static void Check(SchedulerSpec scheduler, SpecField field)
    {
        field["policy"].RequireOneOf(scheduler.Policy, Policies, "policy");
        foreach (var (flag, item) in field["flags"].Items(scheduler.Flags))
            item.RequireOneOf(flag, Flags, "flag");
        if (scheduler.Policy == "SCHED_ISO")
            throw field["policy"].NotSupported("SCHED_ISO is reserved, but implemented by no kernel (sched(7))");
        if (scheduler.Policy is "SCHED_OTHER" or "SCHED_BATCH")
            field["nice"].RequireBetween(scheduler.Nice, -20, 19);
        if (scheduler.Policy is "SCHED_FIFO" or "SCHED_RR")
            field["priority"].RequireBetween(scheduler.Priority, 1, 99);
        else if (scheduler.Priority != 0)
            throw field["priority"].Invalid("only SCHED_FIFO and SCHED_RR have a priority");
        if (scheduler.Policy == "SCHED_DEADLINE")
            CheckDeadline(scheduler, field);
        else if (scheduler is not { Runtime: null or 0, Deadline: null or 0, Period: null or 0 })
            throw field.Invalid("only SCHED_DEADLINE has a runtime, a deadline and a period");
    }

    /// <summary>sched(7): "sched_runtime &lt;= sched_deadline &lt;= sched_period"; at least 1024 ns, less than 2^63 ns.</summary>
    private static void CheckDeadline(SchedulerSpec scheduler, SpecField field)
    {
        const ulong least = 1024, most = long.MaxValue;
        if (scheduler.Runtime is not { } runtime)
            throw field["runtime"].Invalid("sched_setattr: `SCHED_DEADLINE` requires `runtime`");
        if (scheduler.Deadline is not { } deadline)
            throw field["deadline"].Invalid("sched_setattr: `SCHED_DEADLINE` requires `deadline`");
        if (runtime == 0)
            throw field["runtime"].Invalid("sched_setattr: `SCHED_DEADLINE` runtime must be greater than 0");
        if (runtime is < least or > most)
            throw field["runtime"].Invalid($"sched_setattr: `SCHED_DEADLINE` runtime {runtime} must be between {least} and {most} ns");
        if (deadline > most)
            throw field["deadline"].Invalid($"sched_setattr: `SCHED_DEADLINE` deadline {deadline} must be between {least} and {most} ns");
        if (runtime > deadline)
            throw field["runtime"].Invalid($"sched_setattr: `SCHED_DEADLINE` runtime {runtime} must be <= deadline {deadline}");
        if (scheduler.Period is > 0 and var period && deadline > period)
            throw field["deadline"].Invalid($"sched_setattr: `SCHED_DEADLINE` deadline {deadline} must be <= period {period}");
    }
}
