using System.Globalization;

namespace ContainerChaos.Linux;

// What real-time processes may use on version 1 (sched-rt-group.rst): a group's share is a part of that of the group above, which has none at first.
public sealed partial class Cgroup
{
    private const string RealtimeRuntime = "cpu.rt_runtime_us", RealtimePeriod = "cpu.rt_period_us";

    /// <summary>Whether groups of this host can have a share of real time: version 1 of the controller, in a kernel with CONFIG_RT_GROUP_SCHED.</summary>
    public static bool HasRealtime(CgroupHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Find("cpu") is { } cpu && File.Exists($"{cpu.MountPoint}/{RealtimeRuntime}");
    }

    /// <summary>
    /// Raises the share of the group above to what the groups in it have together, this one's coming share included; it is never lowered.
    /// Where that group can't have so much, nothing changes, and the kernel will refuse the share.
    /// </summary>
    /// <param name="runtime">Microseconds.</param>
    /// <param name="period">In so many; null for those that are set.</param>
    public void ReserveRealtime(long runtime, long? period)
    {
        if (TryFind("cpu") is not { IsUnified: false } part)
            return;
        var (own, above) = (part.Directory, System.IO.Path.GetDirectoryName(part.Directory)!);
        // The shares of all are given out there already.
        if (above == _host.Find("cpu")?.MountPoint)
            return;
        try
        {
            // Of two that want theirs at the same time neither sees the other's.
            using var turn = FileLock.TryExclusive(above);
            var wanted = (double)runtime / (period ?? Number(own, RealtimePeriod));
            foreach (var other in Directory.EnumerateDirectories(above).Where(other => other != own))
                wanted += (double)Number(other, RealtimeRuntime) / Number(other, RealtimePeriod);
            var share = (long)Math.Ceiling(wanted * Number(above, RealtimePeriod));
            if (share > Number(above, RealtimeRuntime))
                CgroupDirectory.Write(above, RealtimeRuntime, share.ToString(CultureInfo.InvariantCulture));
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.EINVAL or Errno.EBUSY or Errno.EACCES or Errno.EPERM or Errno.EROFS)
        {
            // The kernel has no such shares, or none left; or a group has gone meanwhile, which only needs less.
        }
    }

    private static long Number(string directory, string file) => long.Parse(CgroupDirectory.Read(directory, file), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
