using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Where a layer comes from: an archive or a directory, read once, front to back.</summary>
internal abstract class LayerSource : IDisposable
{
    private LayerRecorder? _recorder;
    private string? _digest;

    /// <summary>What was opened, for messages.</summary>
    public required string Path { get; init; }

    /// <summary>The file that the layer's recipe is written to while it is read; null for none.</summary>
    public string? RecipePath { get; set; }

    /// <summary>The digest of the layer's uncompressed archive in hexadecimal, the DiffID of the OCI image-spec (config.md, "Layer DiffID"); valid once it has come to its end.</summary>
    public string Digest => _digest ?? throw new InvalidOperationException("The layer was not read to its end.");

    /// <summary>The length of that archive in bytes.</summary>
    public long ArchiveLength { get; private set; }

    /// <summary>Opens a directory or an archive, by what the path is and not by its name.</summary>
    public static LayerSource Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(path))
            return new DirectoryLayerSource(path) { Path = path };
        if (!File.Exists(path))
        {
            EngineErrors.Throw(
                ErrorReason.InvalidImage, $"Cannot import '{path}': there is no such file or directory.", path,
                "Give a directory with a root file system, a .tar or .tar.gz of one, or an image archive.");
        }

        return new TarLayerSource(File.OpenRead(path), path) { Path = path };
    }

    /// <summary>The entries, parents before their children where the source has them. The whole of it can be read once.</summary>
    public IEnumerable<LayerEntry> Read(CancellationToken cancellationToken)
    {
        _recorder = new LayerRecorder(RecipePath);
        foreach (var entry in Read(_recorder, cancellationToken))
            yield return entry;
        _digest = _recorder.Finish();
        ArchiveLength = _recorder.Length;
    }

    /// <inheritdoc/>
    public virtual void Dispose() => _recorder?.Dispose();

    /// <summary>Reads, and records all bytes of the archive, real or as it would be.</summary>
    protected abstract IEnumerable<LayerEntry> Read(LayerRecorder recorder, CancellationToken cancellationToken);

    /// <summary>Attributes of the host's own that mean nothing, or something wrong, in a lower layer.</summary>
    protected static bool IsKept(string attribute) =>
        !attribute.StartsWith("trusted.overlay.", StringComparison.Ordinal) &&
        !attribute.StartsWith("user.overlay.", StringComparison.Ordinal) &&
        attribute is not ("security.selinux" or "security.ima" or "security.evm");

    protected ContainerException Invalid(string problem, string? remedy = null, Exception? inner = null) =>
        new(ErrorReason.InvalidImage, $"Cannot import '{Path}': {problem}.", Path, inner) { Remedy = remedy };
}
