using System.Globalization;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The limits that an ordinary user can't have because nobody has given them the control group (cgroups(7), Cgroups delegation).</summary>
public static class UndelegatedLimits
{
    /// <summary>Leaves out the limits on memory, processors and processes that a group has no file for.</summary>
    /// <param name="group">The group, made as far as the user may.</param>
    /// <param name="resources">What was asked for.</param>
    /// <param name="statements">A sentence for each limit that is left out.</param>
    /// <returns>What can be set.</returns>
    public static ResourcesSpec LeaveOut(Cgroup group, ResourcesSpec resources, out IReadOnlyList<string> statements)
    {
        var all = new List<string>();
        var memory = resources.Memory;
        if (memory is { Limit: not null } && !Has(group, "memory", "memory.limit_in_bytes", "memory.max"))
        {
            all.Add(State("memory", string.Create(CultureInfo.InvariantCulture, $"The memory limit of {memory.Limit} bytes")));
            memory = null;
        }
        var cpu = resources.Cpu;
        if (cpu is { Quota: not null } && !Has(group, "cpu", "cpu.cfs_quota_us", "cpu.max"))
        {
            all.Add(State("cpu", string.Create(CultureInfo.InvariantCulture, $"The limit of {(double)cpu.Quota.Value / (cpu.Period ?? 100_000):0.###} processors")));
            cpu = null;
        }
        var pids = resources.Pids;
        if (pids is { Limit: not null } && !Has(group, "pids", "pids.max", "pids.max"))
        {
            all.Add(State("pids", string.Create(CultureInfo.InvariantCulture, $"The limit of {pids.Limit} processes")));
            pids = null;
        }
        statements = all;
        return resources with { Memory = memory, Cpu = cpu, Pids = pids };
    }

    /// <summary>What an administrator can do about it, as an imperative sentence.</summary>
    /// <param name="group">The group that could not be made.</param>
    /// <param name="controllers">Whose directories are meant.</param>
    public static string Remedy(string group, params IEnumerable<string> controllers)
    {
        var host = CgroupHost.Current;
        var directories = controllers.Select(controller => (host.Find(controller)?.MountPoint ?? host.UnifiedMountPoint) + Path.GetDirectoryName(group)).Distinct();
        return $"Have an administrator make {string.Join(" and ", directories)} and give it to user {OwnIdentity.User} (on version 2: Delegate=yes in the user's systemd service), or run as root.";
    }

    private static string State(string controller, string limit) =>
        $"{limit} is not in force: the {controller} control group is not delegated to user {OwnIdentity.User}.";

    private static bool Has(Cgroup group, string controller, string file, string unifiedFile)
    {
        if (!group.Has(controller))
            return false;
        try
        {
            group.Read(controller, group.IsUnified(controller) ? unifiedFile : file);
            return true;
        }
        catch (ErrnoException)
        {
            return false;
        }
    }
}
