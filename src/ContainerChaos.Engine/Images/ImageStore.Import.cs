using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ImageStore
{
    private const string EmbeddedReference = "target:latest";

    // The embedded binary's identity (size and time of change) and the image made of it, so that it is hashed once.
    private volatile Embedded? _embedded;

    /// <summary>Makes an image of a directory or a root file system archive. A reference that exists moves to the new image.</summary>
    /// <param name="path">A directory, or a tar file, plain or gzipped.</param>
    /// <param name="reference">The reference it shall have, <c>repository[:tag]</c>.</param>
    /// <param name="options">Its entrypoint, command, environment; null for none.</param>
    /// <param name="cancellationToken">Ends the import; nothing of it stays.</param>
    /// <exception cref="ContainerException">InvalidImage, InvalidName, InvalidArgument, DiskFull, PermissionDenied.</exception>
    public Image Import(string path, string reference, ImportOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(reference);
        options ??= new ImportOptions();
        var normalized = ImageReference.Normalize(reference);
        if (normalized == EmbeddedReference)
        {
            EngineErrors.Throw(
                ErrorReason.InvalidName, $"'{normalized}' is the embedded image.", reference,
                "Import under another name, or set CONTAINERCHAOS_TARGET to another binary.");
        }

        if (!options.WorkingDirectory.StartsWith('/'))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"The working directory '{options.WorkingDirectory}' is not an absolute path.", reference, "Begin it with a slash.");
        if (options.StopSignal is { } signal)
            SignalArgument.Parse(signal, reference);
        foreach (var variable in options.Env)
            EnvironmentVariables.Check(variable, reference);
        if (IsInside(_options.DataRoot, Path.GetFullPath(path)))
        {
            EngineErrors.Throw(
                ErrorReason.InvalidImage, $"Cannot import '{path}': it contains the data root {_options.DataRoot}, which the copy would go into.", path,
                "Import another directory, or set CONTAINERCHAOS_ROOT to a folder outside of it.");
        }

        try
        {
            using var source = LayerSource.Open(path);
            using var layer = _layers.Unpack(source, options.Warn, cancellationToken);
            if (layer.Count == 0)
                EngineErrors.Throw(ErrorReason.InvalidImage, $"Cannot import '{path}': the archive is empty.", path, "Check it with 'tar -tf'.");
            return Commit(layer, normalized, new ImageContent
            {
                Layers = [new ImageLayer(layer.Digest, layer.SizeBytes)],
                Entrypoint = options.Entrypoint,
                Command = options.Command,
                Env = options.Env,
                WorkingDirectory = options.WorkingDirectory,
                User = options.User,
                StopSignal = options.StopSignal,
                Labels = new SortedDictionary<string, string>(options.Labels.ToDictionary(), StringComparer.Ordinal),
            }).ToImage(normalized);
        }
        catch (Exception e) when (EngineErrors.IsEnvironmental(e))
        {
            throw EngineErrors.From(e, $"import '{path}'", path, _options.DataRoot);
        }
    }

    private ImageDocument Commit(LayerStore.Unpacked layer, string reference, ImageContent content)
    {
        Directory.CreateDirectory(_references);
        using var storeLock = FileLock.Exclusive(LockPath);
        layer.Commit();
        return Tag(reference, ImageDocument.Create(content));
    }

    // The caller holds the store's lock.
    private ImageDocument Tag(string reference, ImageDocument document)
    {
        if (TryReadDocument(document.Id) is { } existing)
            document = existing;
        else
            JsonFile.Write(DocumentPath(document.Id), document, EngineJson.Default.ImageDocument);
        var previous = TryReadReference(reference);
        if (previous == document.Id)
            return document;
        var temporary = OwnedDirectory.NewPath(_images, "reference");
        File.WriteAllText(temporary, document.Id);
        File.Move(temporary, ReferencePath(reference), overwrite: true);
        if (previous is not null)
            RemoveUnused(previous);
        return document;
    }

    // An image that has lost its last name to another one would otherwise stay for ever without anybody seeing it.
    private void RemoveUnused(string id)
    {
        if (ReadReferences().Any(pair => pair.Id == id) || TryReadDocument(id) is not { } document)
            return;
        using var imageLock = FileLock.TryExclusive(DocumentPath(id));
        if (imageLock is not null && FindUsers(id).Count == 0)
            RemoveContent(document);
    }

    private ImageDocument EnsureEmbedded()
    {
        var binary = new FileInfo(_options.TargetPath);
        if (!binary.Exists)
        {
            EngineErrors.Throw(
                ErrorReason.ImageNotFound, $"No image '{EmbeddedReference}': its binary is missing at {_options.TargetPath}.", EmbeddedReference,
                "Build it with ./build.sh build, or set CONTAINERCHAOS_TARGET to where it is.");
        }

        var identity = (binary.Length, binary.LastWriteTimeUtc);
        if (_embedded is { } known && known.Identity == identity && TryReadReference(EmbeddedReference) == known.Document.Id)
            return known.Document;
        try
        {
            var document = MaterializeEmbedded();
            _embedded = new Embedded(identity, document);
            return document;
        }
        catch (Exception e) when (EngineErrors.IsEnvironmental(e))
        {
            throw EngineErrors.From(e, $"unpack the embedded image '{EmbeddedReference}'", EmbeddedReference, _options.DataRoot);
        }
    }

    private ImageDocument MaterializeEmbedded()
    {
        string digest;
        using (var probe = new EmbeddedLayerSource(_options.TargetPath) { Path = _options.TargetPath })
        {
            foreach (var _ in probe.Read(CancellationToken.None))
            {
            }

            digest = probe.Digest;
        }

        if (TryReadReference(EmbeddedReference) is { } id && TryReadDocument(id) is { } present &&
            present.Content.Layers is [var only] && only.Digest == digest && _layers.Contains(digest))
            return present;
        using var source = new EmbeddedLayerSource(_options.TargetPath) { Path = _options.TargetPath };
        using var layer = _layers.Unpack(source, warn: null, CancellationToken.None);
        return Commit(layer, EmbeddedReference, new ImageContent
        {
            Layers = [new ImageLayer(layer.Digest, layer.SizeBytes)],
            Entrypoint = ["/target"],
            Command = ["serve"],
        });
    }

    private static bool IsInside(string path, string directory) =>
        directory == "/" || path == directory || path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal);

    private sealed record Embedded((long Length, DateTime Changed) Identity, ImageDocument Document);
}
