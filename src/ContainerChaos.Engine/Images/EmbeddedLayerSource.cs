using System.Security.Cryptography;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>The layer of <c>target:latest</c>: one static executable, and the empty directories that a container expects.</summary>
internal sealed class EmbeddedLayerSource(string binary) : LayerSource
{
    // A change of the layout below must change the digest.
    private const string Layout = "containerchaos.target/1";

    private static readonly (string Path, uint Mode)[] s_directories =
    [
        ("", 0x1ED), ("dev", 0x1ED), ("etc", 0x1ED), ("proc", 0x1ED), ("run", 0x1ED), ("sys", 0x1ED), ("tmp", 0x3FF),
    ];

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private string? _digest;

    public override string Digest => _digest ?? throw new InvalidOperationException("The binary was not read to its end.");

    public override IEnumerable<LayerEntry> Read(CancellationToken cancellationToken)
    {
        _hash.AppendData(Encoding.UTF8.GetBytes(Layout));
        foreach (var (path, mode) in s_directories)
            yield return new LayerEntry { Path = path, Kind = FileKind.Directory, Mode = mode };
        cancellationToken.ThrowIfCancellationRequested();
        using var content = new HashingStream(new FileStream(binary, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0), _hash);
        yield return new LayerEntry { Path = "target", Kind = FileKind.Regular, Mode = 0x1ED, Content = content };
        content.CopyTo(Stream.Null, 128 * 1024);
        _digest = Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public override void Dispose() => _hash.Dispose();
}
