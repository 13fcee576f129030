using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>The files of one volume, and how the image's content comes into it.</summary>
/// <remarks>
/// The content is copied aside, in a directory that nobody has mounted, and counts only when that is complete and renamed; then it
/// is moved into the volume entry by entry, and whoever uses the volume next ends what was begun. So a copy that is killed is
/// made again, and no container ever starts with a part of it.
/// </remarks>
/// <param name="Path">The volume's directory, <c>volumes/NAME</c> below the data root.</param>
public sealed record VolumeFiles(string Path)
{
    /// <summary>Called before each step that changes what the next one would find; a test dies in it.</summary>
    internal static Action<string>? Step { get; set; }

    /// <summary>The definition.</summary>
    public string Definition => System.IO.Path.Combine(Path, "volume.json");

    /// <summary>What is mounted.</summary>
    public string Data => System.IO.Path.Combine(Path, "_data");

    private string Lock => System.IO.Path.Combine(Path, "lock");

    private string Draft => System.IO.Path.Combine(Path, ".copy");

    private string Complete => System.IO.Path.Combine(Path, ".copied");

    /// <summary>A volume of the data root that a container is in.</summary>
    /// <param name="container">The container.</param>
    /// <param name="name">The volume's name.</param>
    public static VolumeFiles Beside(ContainerPaths container, string name)
    {
        ArgumentNullException.ThrowIfNull(container);
        return new(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(container.ContainerDirectory))!, "volumes", name));
    }

    /// <summary>Ends a copy that somebody began and could not end; usually a look, and no lock.</summary>
    public void EndCopy()
    {
        if (!Directory.Exists(Complete))
            return;
        using var filling = FileLock.Exclusive(Lock);
        HandOver();
    }

    /// <summary>Copies what a directory of an image holds into the volume, if that is empty.</summary>
    /// <param name="image">The directory.</param>
    /// <param name="destination">What error messages call it.</param>
    /// <exception cref="ErrnoException">ENOSPC above all; the volume is still empty then.</exception>
    public void CopyUp(FileDescriptor image, string destination)
    {
        using var filling = FileLock.Exclusive(Lock);
        HandOver();
        if (Directory.EnumerateFileSystemEntries(Data).Any())
            return;
        try
        {
            Step?.Invoke("copy");
            // A former one's, who was killed: the lock is ours.
            Delete(Draft);
            Directory.CreateDirectory(Draft, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using (var target = FileDescriptor.Open(Draft, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY))
                TreeCopy.Copy(image, target, destination, withMode: true);
            Step?.Invoke("sync");
            // An empty one has nothing that a loss of power could leave out.
            if (Directory.EnumerateFileSystemEntries(Draft).Any())
                StableStorage.SyncFileSystem(Draft);
        }
        catch
        {
            Delete(Draft);
            throw;
        }
        Step?.Invoke("rename");
        Directory.Move(Draft, Complete);
        HandOver();
    }

    private void HandOver()
    {
        if (!Directory.Exists(Complete))
            return;
        using (var from = UnixDirectory.Open(Complete))
        using (var to = UnixDirectory.Open(Data))
        {
            foreach (var name in from.Names.ToList())
            {
                Step?.Invoke($"move {name}");
                // A container that has the volume already may have made that name meanwhile; it keeps its own.
                if (!from.TryMove(name, to, name))
                    Delete(System.IO.Path.Combine(Complete, name));
            }
        }
        Step?.Invoke("attributes");
        TreeCopy.CopyAttributes(Complete, Data);
        Step?.Invoke("end");
        Directory.Delete(Complete);
    }

    private static void Delete(string path)
    {
        if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }
}
