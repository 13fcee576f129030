using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>The mount that a path of a target lies on.</summary>
/// <param name="Info">The mount, as the target sees it.</param>
internal sealed record TargetMount(MountInfo Info)
{
    /// <summary>The directory of an overlay's writable layer; null for another file system.</summary>
    public string? Upper => Info.FileSystem == "overlay"
        ? Info.SuperOptions.Split(',').FirstOrDefault(option => option.StartsWith("upperdir=", StringComparison.Ordinal))?["upperdir=".Length..]
        : null;

    /// <exception cref="ContainerException">InvalidState: the target has just ended.</exception>
    internal static TargetMount Of(ChaosTarget target, string path)
    {
        try
        {
            // The last of those at one place lies over the others.
            MountInfo? found = MountInfo.Read($"/proc/{target.Pid}/mountinfo")
                .Where(m => path == m.MountPoint || m.MountPoint == "/" || path.StartsWith(m.MountPoint + "/", StringComparison.Ordinal)).OrderBy(m => m.MountPoint.Length).LastOrDefault();
            if (found is not null)
                return new TargetMount(found);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ContainerException(ErrorReason.InvalidState, $"{target}: its mounts can't be read: {e.Message}", target.Name, e) { Remedy = "Look at its state, and repeat the call as root." };
        }

        throw new ContainerException(ErrorReason.InvalidState, $"{target}: it has no mounts; its first process has just ended.", target.Name) { Remedy = "Look at its state, and repeat the call." };
    }
}
