using System.Text.RegularExpressions;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

public sealed partial class ImageStore
{
    /// <summary>As <see cref="ImportAll"/>, of what holds one image.</summary>
    /// <param name="path">A directory or an archive.</param>
    /// <param name="reference">The reference it shall have, <c>repository[:tag]</c>.</param>
    /// <param name="options">Its entrypoint, command, environment, if it is a root file system; null for none.</param>
    /// <param name="cancellationToken">Ends the import; nothing of it stays.</param>
    /// <exception cref="ContainerException">As <see cref="ImportAll"/>.</exception>
    public Image Import(string path, string reference, ImportOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(reference);
        return ImportAll(path, reference, options, cancellationToken)[0];
    }

    /// <summary>
    /// Takes images into the store, by what the path holds: an OCI image layout or an archive of <c>docker save</c>, in a directory or in
    /// a tar file; or a root file system, in the same. Archives and layers may be compressed with gzip or zstd. Of an image for several
    /// machines this machine's is taken. A reference that exists moves to the new image.
    /// </summary>
    /// <param name="path">A directory or an archive.</param>
    /// <param name="reference">The reference it shall have, <c>repository[:tag]</c>; null for those that the archive names, or the file's name.</param>
    /// <param name="options">Entrypoint, command, environment of a root file system, which brings none along; null for none.</param>
    /// <param name="cancellationToken">Ends the import; of the image under way nothing stays.</param>
    /// <returns>An image for each reference.</returns>
    /// <exception cref="ContainerException">InvalidImage, InvalidName, InvalidArgument, NotSupported, DiskFull, PermissionDenied.</exception>
    public IReadOnlyList<Image> ImportAll(string path, string? reference = null, ImportOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ImportOptions();
        var given = reference is null ? null : CheckNew(reference);
        Check(options, reference ?? path);
        try
        {
            MakeDirectories();
            using var archive = ImageArchive.TryOpen(path, OwnedDirectory.NewPath(_images, "spool"), cancellationToken);
            return archive is null
                ? [ImportTree(path, given ?? CheckNew(DefaultReference(path)), options, cancellationToken)]
                : [.. ImportArchive(archive, given, options, cancellationToken)];
        }
        catch (Exception e) when (EngineErrors.IsEnvironmental(e))
        {
            throw EngineErrors.From(e, $"import '{path}'", path, _options.DataRoot);
        }
    }

    private List<Image> ImportArchive(ImageArchive archive, string? given, ImportOptions options, CancellationToken cancellationToken)
    {
        if (!options.HasDefaults)
        {
            EngineErrors.Throw(
                ErrorReason.InvalidArgument, $"'{archive.Path}' holds images with a configuration of their own.", archive.Path,
                "Leave out command, entrypoint, environment and the like; New-Container takes them too.");
        }

        var images = new ImageArchiveReader(archive).Read(cancellationToken);
        if (images.Count == 0)
            EngineErrors.Throw(ErrorReason.InvalidImage, $"Cannot import '{archive.Path}': it holds no image.", archive.Path, "Write it again, and name the image.");
        if (images.Count > 1 && given is not null)
        {
            EngineErrors.Throw(
                ErrorReason.InvalidArgument, $"'{archive.Path}' holds {images.Count} images ({string.Join(", ", images.SelectMany(image => image.References))}), which can't all be '{given}'.", archive.Path,
                "Leave out the reference, and add tags afterwards.");
        }

        var result = new List<Image>();
        foreach (var image in images)
        {
            IReadOnlyList<string> references = (given, image.References) switch
            {
                ({ } only, _) => [only],
                (_, { Count: > 0 } own) => [.. own.Select(CheckNew)],
                _ when images.Count == 1 => [CheckNew(DefaultReference(archive.Path))],
                _ => [CheckNew($"{DefaultReference(archive.Path)}:{ContentDigest.Of(image.Config).AsSpan("sha256:".Length, 12)}")],
            };
            var document = Store(image, references, archive.Path, options.Warn, cancellationToken);
            result.AddRange(references.Select(document.ToImage));
            foreach (var one in references)
                Record("load", document.Id, one);
        }

        return result;
    }

    private Image ImportTree(string path, string reference, ImportOptions options, CancellationToken cancellationToken)
    {
        if (IsInside(_options.DataRoot, Path.GetFullPath(path)))
        {
            EngineErrors.Throw(
                ErrorReason.InvalidImage, $"Cannot import '{path}': it contains the data root {_options.DataRoot}, which the copy would go into.", path,
                "Import another directory, or set CONTAINERCHAOS_ROOT to a folder outside of it.");
        }

        using var source = LayerSource.Open(path);
        using var layer = _layers.Unpack(source, options.Warn, cancellationToken);
        if (layer.Count == 0)
            EngineErrors.Throw(ErrorReason.InvalidImage, $"Cannot import '{path}': the archive is empty.", path, "Check it with 'tar -tf'.");
        var config = NewConfig(layer.Digest, new OciContainerConfig
        {
            Entrypoint = NullIfEmpty(options.Entrypoint),
            Cmd = NullIfEmpty(options.Command),
            Env = NullIfEmpty(options.Env),
            WorkingDir = options.WorkingDirectory,
            User = options.User,
            StopSignal = options.StopSignal,
            Labels = options.Labels.Count == 0 ? null : new SortedDictionary<string, string>(options.Labels.ToDictionary(), StringComparer.Ordinal),
        }, "Imported as a root file system");
        var document = TryCommit([layer], [reference], ImageDocument.Create(config, [new ImageLayer(layer.Digest, layer.SizeBytes)]))!;
        Record("import", document.Id, reference);
        return document.ToImage(reference);
    }

    // Without a time, so that equal content is the same image whenever it was imported.
    private static OciImageConfig NewConfig(string layer, OciContainerConfig config, string comment) => new()
    {
        Architecture = OciPlatform.Current.Architecture,
        Os = OciPlatform.Current.Os,
        Config = config,
        RootFileSystem = new OciRootFileSystem { DiffIds = ["sha256:" + layer] },
        History = [new OciHistory { Comment = comment }],
    };

    private static void Check(ImportOptions options, string target)
    {
        if (!options.WorkingDirectory.StartsWith('/'))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"The working directory '{options.WorkingDirectory}' is not an absolute path.", target, "Begin it with a slash.");
        if (options.StopSignal is { } signal)
            SignalArgument.Parse(signal, target);
        foreach (var variable in options.Env)
            EnvironmentVariables.Check(variable, target);
    }

    /// <summary>A reference that may be given to an image, normalised.</summary>
    private static string CheckNew(string reference)
    {
        var normalized = ImageReference.Normalize(reference);
        if (normalized == EmbeddedReference)
        {
            EngineErrors.Throw(
                ErrorReason.InvalidName, $"'{normalized}' is the embedded image.", reference,
                "Choose another name, or set CONTAINERCHAOS_TARGET to another binary.");
        }

        return normalized;
    }

    /// <summary>What an image is called that nobody has named: its file without what that ends in.</summary>
    private static string DefaultReference(string path) => Ending().Replace(Path.GetFileName(Path.GetFullPath(path).TrimEnd('/')), "").ToLowerInvariant();

    private static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string> list) => list.Count == 0 ? null : list;

    private static bool IsInside(string path, string directory) =>
        directory == "/" || path == directory || path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal);

    [GeneratedRegex(@"\.(?:tar|tgz|tzst|oci)(?:\.(?:gz|zst))?\z", RegexOptions.IgnoreCase)]
    private static partial Regex Ending();
}
