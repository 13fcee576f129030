using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>An archive of images in a tar file.</summary>
internal sealed class TarImageSink : ImageArchiveSink
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _file;
    private readonly HashSet<string> _directories = [];
    private bool _isCommitted;

    public TarImageSink(string path)
    {
        _path = path;
        _temporary = OwnedDirectory.NewPath(Path.GetDirectoryName(path)!, "export");
        _file = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 64 * 1024);
    }

    public override void Add(string name, long size, Action<Stream> write)
    {
        for (var slash = name.IndexOf('/'); slash >= 0; slash = name.IndexOf('/', slash + 1))
        {
            if (_directories.Add(name[..slash]))
                _file.Write(TarHeaderWriter.Make(new TarHeader { Name = name[..slash] + "/", Type = '5', Mode = 0x1ED }));
        }

        _file.Write(TarHeaderWriter.Make(new TarHeader { Name = name, Type = '0', Mode = 0x1A4, Size = size }));
        var start = _file.Position;
        write(_file);
        if (_file.Position != start + size)
            throw new InvalidDataException($"{name}: {_file.Position - start} bytes instead of {size}");
        _file.Write(new byte[TarBlock.Padding(size)]);
    }

    public override void Commit()
    {
        _file.Write(TarHeaderWriter.End);
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        StableStorage.Sync(Path.GetDirectoryName(_path)!);
        _isCommitted = true;
    }

    public override void Dispose()
    {
        _file.Dispose();
        if (!_isCommitted)
            File.Delete(_temporary);
    }
}
