using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>What a tree takes on the disk.</summary>
internal static class TreeSize
{
    /// <summary>The sum of its blocks in bytes, with a file of several names once; what vanishes meanwhile, or may not be looked at, is left out.</summary>
    public static long OnDisk(string root)
    {
        var seen = new HashSet<(ulong, ulong)>();
        long bytes = 0;
        var pending = new Stack<string>([root]);
        while (pending.TryPop(out var path))
        {
            try
            {
                if (!FileStatus.TryRead(path, out var status) || (status.Links > 1 && status.Kind != FileKind.Directory && !seen.Add((status.Device, status.Inode))))
                    continue;
                bytes += status.Blocks * 512;
                if (status.Kind != FileKind.Directory)
                    continue;
                foreach (var child in Directory.EnumerateFileSystemEntries(path))
                    pending.Push(child);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ErrnoException { Errno: Errno.EACCES })
            {
                // Somebody is removing it, or it belongs to another user of an ordinary user's containers.
            }
        }

        return bytes;
    }
}
