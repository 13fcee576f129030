using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Where a layer comes from: an archive or a directory, read once, front to back.</summary>
internal abstract class LayerSource : IDisposable
{
    /// <summary>What was opened, for messages.</summary>
    public required string Path { get; init; }

    /// <summary>The layer's digest in hexadecimal; valid once <see cref="Read"/> has come to its end.</summary>
    public abstract string Digest { get; }

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
                "Give a directory with a root file system, or a .tar or .tar.gz of one.");
        }

        return new TarLayerSource(path) { Path = path };
    }

    /// <summary>The entries, parents before their children where the source has them.</summary>
    public abstract IEnumerable<LayerEntry> Read(CancellationToken cancellationToken);

    public abstract void Dispose();

    /// <summary>Attributes of the host's own that mean nothing, or something wrong, in a lower layer.</summary>
    protected static bool IsKept(string attribute) =>
        !attribute.StartsWith("trusted.overlay.", StringComparison.Ordinal) &&
        !attribute.StartsWith("user.overlay.", StringComparison.Ordinal) &&
        attribute is not ("security.selinux" or "security.ima" or "security.evm");

    protected ContainerException Invalid(string problem, string? remedy = null, Exception? inner = null) =>
        new(ErrorReason.InvalidImage, $"Cannot import '{Path}': {problem}.", Path, inner) { Remedy = remedy };
}
