using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Sets the limits on CPU time and the CPUs and memory nodes that may be used (runtime-spec, config-linux: CPU).</summary>
internal static class CpuLimits
{
    private const string Shares = "cpu.shares", Quota = "cpu.quota", Period = "cpu.period", Burst = "cpu.burst", Idle = "cpu.idle";
    private const string RealtimePeriod = "cpu.realtimePeriod", RealtimeRuntime = "cpu.realtimeRuntime";

    /// <summary>The kernel's own (sched-design-CFS.rst, sched-bwc.rst), in microseconds for the period.</summary>
    internal const ulong DefaultShares = 1024, DefaultPeriod = 100_000;

    internal static void Apply(LimitWriter limits, CpuSpec cpu)
    {
        // As everywhere in the specification's CPU section, 0 is what the kernel would not take: "not given".
        cpu = cpu with
        {
            Shares = cpu.Shares == 0 ? null : cpu.Shares,
            Quota = cpu.Quota == 0 ? null : cpu.Quota,
            Period = cpu.Period == 0 ? null : cpu.Period,
            RealtimeRuntime = cpu.RealtimeRuntime == 0 ? null : cpu.RealtimeRuntime,
            RealtimePeriod = cpu.RealtimePeriod == 0 ? null : cpu.RealtimePeriod,
        };
        if (FirstTimeField(cpu) is { } field)
        {
            var unified = limits.IsUnified(field, "cpu");
            // A group that is idle takes no share, so a share comes before the change to idle and after the change from it.
            if (cpu.Idle != 1)
                SetIdle(limits, cpu);
            if (unified)
                ApplyUnified(limits, cpu);
            else
                ApplyLegacy(limits, cpu);
            if (cpu.Idle == 1)
                SetIdle(limits, cpu);
        }
        if (cpu.Cpus is { Length: > 0 } cpus)
            limits.Write("cpu.cpus", "cpuset", "cpuset.cpus", cpus);
        if (cpu.Mems is { Length: > 0 } nodes)
            limits.Write("cpu.mems", "cpuset", "cpuset.mems", nodes);
    }

    /// <summary>
    /// The version 2 weight of version 1 shares: 2 to 262144 becomes 1 to 10000 along a curve on which the defaults, 1024 and
    /// 100, meet. The straight line that runtimes used until 2025 made 39 of 1024.
    /// </summary>
    internal static long ToWeight(ulong shares)
    {
        switch (shares)
        {
            case <= 2:
                return 1;
            case >= 262144:
                return 10000;
            default:
                var log = Math.Log2(shares);
                return (long)Math.Ceiling(Math.Pow(10, (((log * log) + (125 * log)) / 612.0) - (7.0 / 34.0)));
        }
    }

    /// <summary>The quota and the period that are set now, -1 for no quota; null when they can't be read.</summary>
    internal static (long Quota, ulong Period)? TryReadQuota(Cgroup group)
    {
        try
        {
            var fields = group.IsUnified("cpu")
                ? group.Read("cpu", "cpu.max").Split(' ')
                : [group.Read("cpu", "cpu.cfs_quota_us"), group.Read("cpu", "cpu.cfs_period_us")];
            return (long.TryParse(fields[0], out var quota) ? quota : -1, ulong.Parse(fields[1]));
        }
        catch (ErrnoException)
        {
            return null;
        }
    }

    private static void ApplyUnified(LimitWriter limits, CpuSpec cpu)
    {
        if (cpu.RealtimePeriod is not null || cpu.RealtimeRuntime is not null)
            throw LimitWriter.Error(ErrorReason.NotSupported, cpu.RealtimePeriod is null ? RealtimeRuntime : RealtimePeriod, "cgroup version 2 has no such setting");
        if (cpu.Shares is { } shares)
            limits.Write(Shares, "cpu", "cpu.weight", ToWeight(shares));
        WithBurst(limits, cpu, "cpu.max.burst", () =>
        {
            if (cpu.Quota is null && cpu.Period is null)
                return;
            // One file for both; what is not given stays as it is.
            var field = cpu.Quota is null ? Period : Quota;
            var current = limits.Read(field, "cpu", "cpu.max").Split(' ');
            var quota = cpu.Quota is { } given ? LimitWriter.OrMax(given) : current[0];
            var period = cpu.Period is { } length ? LimitWriter.Text(length) : current[1];
            limits.Write(field, "cpu", "cpu.max", $"{quota} {period}");
        });
    }

    private static void ApplyLegacy(LimitWriter limits, CpuSpec cpu)
    {
        if (cpu.Shares is { } shares)
        {
            limits.Write(Shares, "cpu", "cpu.shares", LimitWriter.Text(shares));
            // The kernel takes any number and clamps it.
            var set = ulong.Parse(limits.Read(Shares, "cpu", "cpu.shares"));
            if (set != shares)
                throw LimitWriter.Error(ErrorReason.InvalidArgument, Shares, $"the {(set < shares ? "maximum" : "minimum")} allowed cpu-shares is {set}");
        }
        WithBurst(limits, cpu, "cpu.cfs_burst_us", () => WriteBoth(
            limits, (Period, "cpu.cfs_period_us", cpu.Period is { } period ? LimitWriter.Text(period) : null),
            (Quota, "cpu.cfs_quota_us", cpu.Quota is { } quota ? LimitWriter.Text(quota) : null)));
        WriteBoth(
            limits, (RealtimePeriod, "cpu.rt_period_us", cpu.RealtimePeriod is { } realtimePeriod ? LimitWriter.Text(realtimePeriod) : null),
            (RealtimeRuntime, "cpu.rt_runtime_us", cpu.RealtimeRuntime is { } realtimeRuntime ? LimitWriter.Text(realtimeRuntime) : null));
    }

    /// <summary>
    /// A period and the time allowed in it: the kernel refuses a pair that exceeds what the group above has, and on the way
    /// from one pair to the next there is such a pair in one of the two orders.
    /// </summary>
    private static void WriteBoth(LimitWriter limits, (string Field, string File, string? Value) period, (string Field, string File, string? Value) time)
    {
        var again = false;
        if (period.Value is not null && limits.TryWrite(period.Field, "cpu", period.File, period.Value) is { } error)
        {
            if (error.Errno != Errno.EINVAL || time.Value is null)
                throw limits.Failure(period.Field, "cpu", error);
            again = true;
        }
        if (time.Value is not null)
            limits.Write(time.Field, "cpu", time.File, time.Value);
        if (again)
            limits.Write(period.Field, "cpu", period.File, period.Value!);
    }

    /// <summary>The burst may not exceed the quota, so it goes before a quota that shrinks and after one that grows.</summary>
    private static void WithBurst(LimitWriter limits, CpuSpec cpu, string file, Action setQuota)
    {
        var text = cpu.Burst is { } burst ? LimitWriter.Text(burst) : null;
        var again = false;
        if (text is not null && limits.TryWrite(Burst, "cpu", file, text) is { } error)
        {
            if (error.Errno != Errno.EINVAL || cpu.Quota is null)
                throw limits.Failure(Burst, "cpu", error);
            again = true;
        }
        setQuota();
        if (again)
            limits.Write(Burst, "cpu", file, text!);
    }

    private static void SetIdle(LimitWriter limits, CpuSpec cpu)
    {
        if (cpu.Idle is { } idle)
            limits.Write(Idle, "cpu", "cpu.idle", idle);
    }

    private static string? FirstTimeField(CpuSpec cpu) => cpu switch
    {
        { Shares: not null } => Shares,
        { Quota: not null } => Quota,
        { Period: not null } => Period,
        { Burst: not null } => Burst,
        { RealtimePeriod: not null } => RealtimePeriod,
        { RealtimeRuntime: not null } => RealtimeRuntime,
        { Idle: not null } => Idle,
        _ => null,
    };
}
