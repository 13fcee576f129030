using ContainerChaos.Linux;

namespace ContainerChaos.Differential.Tests;

/// <summary>The control groups that a daemon makes below a given one and leaves.</summary>
internal static class OwnGroups
{
    /// <summary>Takes them away in each hierarchy, as far as no process is in them.</summary>
    public static void Remove(string parent)
    {
        foreach (var mount in MountInfo.ReadSelf().Where(mount => mount.FileSystem is "cgroup" or "cgroup2"))
        {
            if (Directory.Exists(mount.MountPoint + parent))
                RemoveTree(mount.MountPoint + parent);
        }
        // Where a hierarchy is not mounted, podman's monitor makes plain directories for its groups in the tmpfs that they are mounted on.
        foreach (var stray in LeakFixture.StrayGroups(parent))
            Directory.Delete(stray, recursive: true);
    }

    private static void RemoveTree(string path)
    {
        foreach (var child in Directory.EnumerateDirectories(path))
            RemoveTree(child);
        try
        {
            Directory.Delete(path);
        }
        catch (IOException)
        {
            // A process is in it, and the test will say so.
        }
    }
}
