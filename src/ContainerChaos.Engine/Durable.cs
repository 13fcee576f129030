using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>
/// Writes that a loss of power leaves done or undone, and never half done: the new content reaches the disk under another name,
/// then it is renamed, then the directory reaches the disk.
/// </summary>
internal static class Durable
{
    /// <summary>Called before each step that changes what a reader after a crash would find; a test dies in it.</summary>
    internal static Action<string>? Step { get; set; }

    /// <summary>Replaces a file, which its owner alone can read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its new content.</param>
    /// <param name="temporary">The other name, on the same file system; the caller is the only one to use it.</param>
    public static void WriteFile(string path, ReadOnlySpan<byte> content, string? temporary = null)
    {
        temporary ??= path + ".new";
        Step?.Invoke($"write {temporary}");
        using (var file = FileDescriptor.Open(temporary, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_TRUNC, 0x180 /* 0600 */))
            file.Write(content);
        Step?.Invoke($"fsync {temporary}");
        StableStorage.Sync(temporary);
        Step?.Invoke($"rename to {path}");
        File.Move(temporary, path, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Writes a file that nobody looks at before the rename of its directory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its content.</param>
    /// <param name="sync">Whether it has to be on the disk by then.</param>
    public static void WriteNew(string path, ReadOnlySpan<byte> content, bool sync = true)
    {
        Step?.Invoke($"write {path}");
        using (var file = FileDescriptor.Open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_TRUNC, 0x180 /* 0600 */))
            file.Write(content);
        if (!sync)
            return;
        Step?.Invoke($"fsync {path}");
        StableStorage.Sync(path);
    }

    /// <summary>Renames a finished directory, unless something has the name already.</summary>
    /// <param name="from">The directory.</param>
    /// <param name="to">Its new name.</param>
    /// <param name="sync">Whether it has to be there after a loss of power from now on.</param>
    /// <returns>False when something has.</returns>
    public static bool TryMoveNew(string from, string to, bool sync = true)
    {
        if (sync)
            SyncDirectory(from);
        Step?.Invoke($"rename to {to}");
        using (var parent = UnixDirectory.Open(Path.GetDirectoryName(from)!))
        using (var target = UnixDirectory.Open(Path.GetDirectoryName(to)!))
        {
            if (!parent.TryMove(Path.GetFileName(from), target, Path.GetFileName(to)))
                return false;
        }

        if (sync)
            SyncDirectory(Path.GetDirectoryName(to)!);
        return true;
    }

    /// <summary>Renames a file or a directory whose content is on the disk already, over nothing.</summary>
    public static void Move(string from, string to)
    {
        Step?.Invoke($"rename to {to}");
        if (Directory.Exists(from))
            Directory.Move(from, to);
        else
            File.Move(from, to, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(to)!);
    }

    /// <summary>Deletes a file; one that is gone already is no error.</summary>
    public static void Delete(string path)
    {
        Step?.Invoke($"delete {path}");
        File.Delete(path);
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Waits until everything below a directory, and whatever else its file system has, is on the disk.</summary>
    public static void SyncTree(string directory)
    {
        Step?.Invoke($"syncfs {directory}");
        StableStorage.SyncFileSystem(directory);
    }

    private static void SyncDirectory(string directory)
    {
        Step?.Invoke($"fsync {directory}");
        StableStorage.Sync(directory);
    }
}
