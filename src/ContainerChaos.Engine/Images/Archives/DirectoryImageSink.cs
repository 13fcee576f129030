using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>An archive of images in a directory.</summary>
internal sealed class DirectoryImageSink : ImageArchiveSink
{
    private readonly string _path;
    private readonly string _temporary;

    public DirectoryImageSink(string path)
    {
        _path = path;
        _temporary = OwnedDirectory.NewPath(Path.GetDirectoryName(path)!, "export");
        Directory.CreateDirectory(_temporary);
    }

    public override void Add(string name, long size, Action<Stream> write)
    {
        var path = Path.Combine(_temporary, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        write(file);
    }

    public override void Commit()
    {
        StableStorage.SyncFileSystem(_temporary);
        if (Directory.Exists(_path))
            Directory.Delete(_path);
        Directory.Move(_temporary, _path);
        StableStorage.Sync(Path.GetDirectoryName(_path)!);
    }

    public override void Dispose()
    {
        if (Directory.Exists(_temporary))
            Directory.Delete(_temporary, recursive: true);
    }
}
