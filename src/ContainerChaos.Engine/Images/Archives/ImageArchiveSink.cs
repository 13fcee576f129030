namespace ContainerChaos.Engine;

/// <summary>What an archive of images is written to: a tar file or a directory. It is at its place only when it is whole.</summary>
internal abstract class ImageArchiveSink : IDisposable
{
    /// <summary>Opens a target: a directory where there is an empty one or the path ends with a slash, else a file.</summary>
    public static ImageArchiveSink Open(string path)
    {
        var isDirectory = path.EndsWith('/') || Directory.Exists(path);
        path = Path.GetFullPath(path).TrimEnd('/');
        if (!isDirectory)
            return new TarImageSink(path);
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            EngineErrors.Throw(Runtime.ErrorReason.InvalidArgument, $"The directory '{path}' is not empty.", path, "Name an empty one, one that does not exist, or a file.");
        return new DirectoryImageSink(path);
    }

    /// <summary>Adds a file.</summary>
    /// <param name="name">Its path in the archive.</param>
    /// <param name="size">Its size, which what is written must have.</param>
    /// <param name="write">Writes it.</param>
    public abstract void Add(string name, long size, Action<Stream> write);

    public void Add(string name, byte[] content) => Add(name, content.Length, target => target.Write(content));

    /// <summary>Puts the whole in its place.</summary>
    public abstract void Commit();

    /// <summary>Takes away what was not committed.</summary>
    public abstract void Dispose();
}
