using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>An image layout in a directory. Links that lead out of it lead nowhere.</summary>
internal sealed class DirectoryImageArchive(string directory) : ImageArchive
{
    private readonly UnixDirectory _root = UnixDirectory.Open(directory);

    public override Stream? TryOpen(string name)
    {
        var handle = _root.TryOpenFileInRoot(name);
        if (handle is not null && FileStatus.Read(handle).Kind == FileKind.Regular)
            return new FileStream(handle, FileAccess.Read, bufferSize: 0);
        handle?.Dispose();
        return null;
    }

    public override void Dispose() => _root.Dispose();
}
