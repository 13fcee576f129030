using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>The layer of <c>target:latest</c>: one static executable, and the empty directories that a container expects.</summary>
internal sealed class EmbeddedLayerSource(string binary) : LayerSource
{
    private static readonly (string Path, uint Mode)[] s_directories =
    [
        ("", 0x1ED), ("dev", 0x1ED), ("etc", 0x1ED), ("proc", 0x1ED), ("run", 0x1ED), ("sys", 0x1ED), ("tmp", 0x3FF),
    ];

    protected override IEnumerable<LayerEntry> Read(LayerRecorder recorder, CancellationToken cancellationToken)
    {
        foreach (var (path, mode) in s_directories)
        {
            var directory = new LayerEntry { Path = path, Kind = FileKind.Directory, Mode = mode };
            recorder.Literal(TarHeaderWriter.Make(directory, 0));
            yield return directory;
        }

        cancellationToken.ThrowIfCancellationRequested();
        using var file = new FileStream(binary, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var entry = new LayerEntry { Path = "target", Kind = FileKind.Regular, Mode = 0x1ED };
        recorder.Literal(TarHeaderWriter.Make(entry, file.Length));
        using var content = new RecordedStream(recorder, entry.Path, file.Read);
        yield return entry with { Content = content };
        content.CopyTo(Stream.Null, 128 * 1024);
        recorder.Literal(new byte[TarBlock.Padding(file.Length)]);
        recorder.Literal(TarHeaderWriter.End);
    }
}
