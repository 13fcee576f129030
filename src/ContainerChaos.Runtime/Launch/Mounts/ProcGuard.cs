using ContainerChaos.Linux;
using static ContainerChaos.Runtime.MountFlags;

namespace ContainerChaos.Runtime;

/// <summary>
/// Keeps mounts off the container's /proc, where they would forge what its processes believe of themselves, and what a
/// runtime writes there later (CVE-2019-16884).
/// </summary>
internal sealed class ProcGuard(ChildProgram program)
{
    /// <summary>Files that lxcfs and the like show in the kernel's place; the same that other runtimes let pass.</summary>
    private static readonly string[] Replaceable =
    [
        "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps", "/proc/uptime", "/proc/loadavg", "/proc/slabinfo",
        "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled",
    ];

    private readonly nint _status = program.Memory(120);

    /// <summary>Checks a destination by its name.</summary>
    /// <exception cref="ContainerException">Nothing may be mounted there.</exception>
    internal static void Check(MountEntry entry)
    {
        var path = entry.Destination;
        if (path == "/proc")
        {
            // A bind mount of a procfs is what a container that shares the host's processes has.
            if (entry.Options.IsBind ? FileSystemMagic.TryRead(entry.Spec.Source ?? "") is not PROC_SUPER_MAGIC : entry.Spec.Type != "proc")
                throw entry.Invalid("destination", $"\"{path}\" cannot be mounted because it is not of type proc.");
        }
        else if (path.StartsWith("/proc/", StringComparison.Ordinal) && !Replaceable.Contains(path))
        {
            throw entry.Invalid("destination", $"\"{path}\" cannot be mounted because it is inside /proc.");
        }
    }

    /// <summary>Checks what a destination led to, which the image has a say in.</summary>
    internal void Check(string destination, ChildSlot place)
    {
        if (destination == "/proc" || Replaceable.Contains(destination))
            return;
        var step = $"\"{destination}\" cannot be mounted because it is inside /proc";
        program.Call(step, SystemCallNumber.fstatfs, place, _status);
        program.Forbid(step, _status, PROC_SUPER_MAGIC);
    }

    /// <summary>Checks a place that is a symbolic link itself: none that the kernel makes may be covered.</summary>
    internal void CheckUnfollowed(string destination, ChildSlot place)
    {
        var step = $"mount on {destination}: it must not be the kernel's own";
        program.Call(step, SystemCallNumber.fstatfs, place, _status);
        foreach (var magic in (ReadOnlySpan<long>)[PROC_SUPER_MAGIC, SYSFS_MAGIC, DEVPTS_SUPER_MAGIC])
            program.Forbid(step, _status, magic);
    }
}
