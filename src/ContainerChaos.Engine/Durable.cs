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
