using System.Globalization;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>A quota of processor time as the two cgroup versions write it.</summary>
internal static class CpuQuota
{
    // Below a millisecond the kernel refuses it (sched-bwc.rst).
    private const long Minimum = 1000, DefaultPeriod = 100_000;

    /// <summary>What to write into the quota's file for a number of processors.</summary>
    internal static string Text(ControlFile file, double processors)
    {
        long period = file.IsUnified
            ? long.Parse(file.Value.Split(' ')[1], CultureInfo.InvariantCulture)
            : File.Exists(PeriodOf(file)) ? long.Parse(File.ReadAllText(PeriodOf(file)).Trim(), CultureInfo.InvariantCulture) : DefaultPeriod;
        long quota = Math.Max(Minimum, (long)(processors * period));
        return file.IsUnified ? string.Create(CultureInfo.InvariantCulture, $"{quota} {period}") : quota.ToString(CultureInfo.InvariantCulture);
    }

    private static string PeriodOf(ControlFile file) => Path.Combine(Path.GetDirectoryName(file.Path)!, "cpu.cfs_period_us");
}
