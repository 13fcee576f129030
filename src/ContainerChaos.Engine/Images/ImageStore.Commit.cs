using System.Text.Json;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

public sealed partial class ImageStore
{
    /// <summary>Gives an image a further reference; one that exists moves to it.</summary>
    /// <param name="reference">As in <see cref="Get"/>.</param>
    /// <param name="newReference">The further one, <c>repository[:tag]</c>.</param>
    /// <returns>The image under that reference.</returns>
    /// <exception cref="ContainerException">ImageNotFound, InvalidName, DiskFull, PermissionDenied.</exception>
    public Image Tag(string reference, string newReference)
    {
        var (document, _) = Find(reference);
        var normalized = CheckNew(newReference);
        try
        {
            var tagged = TryCommit([], [normalized], document) ?? throw new ContainerException(ErrorReason.ImageNotFound, $"Image '{reference}' has just been removed.", reference) { Remedy = NotFoundRemedy };
            Record("tag", tagged.Id, normalized);
            return tagged.ToImage(normalized);
        }
        catch (Exception e) when (EngineErrors.IsEnvironmental(e))
        {
            throw EngineErrors.From(e, $"tag image '{reference}'", reference, _options.DataRoot);
        }
    }

    /// <summary>How an image came about, newest step first.</summary>
    /// <param name="reference">As in <see cref="Get"/>.</param>
    /// <exception cref="ContainerException">As <see cref="Get"/>.</exception>
    public IReadOnlyList<ImageHistoryEntry> GetHistory(string reference)
    {
        var (document, normalized) = Find(reference);
        return document.ToHistory(normalized);
    }

    /// <summary>Unpacks the layers that are not there yet, and makes the image of them all.</summary>
    /// <exception cref="ContainerException">InvalidImage: a layer is not what the configuration says.</exception>
    private ImageDocument Store(ArchivedImage image, IReadOnlyList<string> references, string source, Action<string>? warn, CancellationToken cancellationToken)
    {
        var config = OciJson.Read(image.Config, OciJson.Default.OciImageConfig, "the configuration", source);
        if (image.Layers.Count == 0)
            EngineErrors.Throw(ErrorReason.InvalidImage, $"Cannot import '{source}': the image has no layers.", source, "Add a file to it.");
        if (image.Layers.Count > LayerStore.MaximumLayers)
            EngineErrors.Throw(ErrorReason.NotSupported, $"Cannot import '{source}': the image has {image.Layers.Count} layers, and {LayerStore.MaximumLayers} are possible, as in Docker.", source, "Build it with fewer steps, or flatten it.");
        if (config.Architecture.Length > 0 && config.Architecture != OciPlatform.Current.Architecture)
            warn?.Invoke($"{references[0]} is for {config.Os}/{config.Architecture}; on this {OciPlatform.Current} its programs may not run.");
        var unpacked = new Dictionary<string, LayerStore.Unpacked>();
        try
        {
            while (true)
            {
                for (var i = 0; i < image.Layers.Count; i++)
                {
                    if (!_layers.Contains(image.Layers[i].DiffId) && !unpacked.ContainsKey(image.Layers[i].DiffId))
                        unpacked.Add(image.Layers[i].DiffId, Unpack(image.Layers[i], $"layer {i + 1} of {image.Layers.Count}", source, warn, cancellationToken));
                }

                var layers = image.Layers.Select(layer => new ImageLayer(
                    layer.DiffId, unpacked.TryGetValue(layer.DiffId, out var own) ? own.SizeBytes : _layers.GetSize(layer.DiffId))
                { Blob = layer.Blob });
                // Not, when another process has removed a layer meanwhile that was there: then it is unpacked as well.
                if (TryCommit([.. unpacked.Values], references, ImageDocument.Create(image.Config, [.. layers])) is { } document)
                    return document;
            }
        }
        finally
        {
            foreach (var layer in unpacked.Values)
                layer.Dispose();
        }
    }

    private LayerStore.Unpacked Unpack(ArchivedImage.Layer layer, string what, string source, Action<string>? warn, CancellationToken cancellationToken)
    {
        using var tar = new TarLayerSource(layer.Open(cancellationToken), $"{source}, {what}") { Path = $"{source}, {what}" };
        var unpacked = _layers.Unpack(tar, warn, cancellationToken);
        if (unpacked.Digest == layer.DiffId)
            return unpacked;
        unpacked.Dispose();
        throw ContentDigest.Mismatch(source, what, $"the digest sha256:{unpacked.Digest}, not the sha256:{layer.DiffId} of the configuration");
    }

    /// <summary>Puts layers, image and references into the store, in this order, so that whatever interrupts it leaves no image with something missing.</summary>
    /// <returns>The image as it is stored; null when one of its layers is neither given nor there.</returns>
    private ImageDocument? TryCommit(IReadOnlyList<LayerStore.Unpacked> layers, IReadOnlyList<string> references, ImageDocument document)
    {
        MakeDirectories();
        if (layers.Count > 0)
            _layers.Flush();
        using var storeLock = FileLock.Exclusive(LockPath);
        foreach (var layer in layers)
            layer.Commit();
        if (!document.Layers.All(layer => _layers.Contains(layer.Digest)))
            return null;
        if (TryReadDocument(document.Id) is { } existing)
            document = existing;
        else
            Durable.WriteFile(DocumentPath(document.Id), JsonSerializer.SerializeToUtf8Bytes(document, EngineJson.Default.ImageDocument));
        foreach (var reference in references.Where(reference => TryReadReference(reference) != document.Id))
            Durable.WriteFile(ReferencePath(reference), System.Text.Encoding.UTF8.GetBytes(document.Id), Path.Combine(_images, ".reference.new"));
        // Also when nothing was freed just now: what did it may have died before it came to this.
        Sweep();
        return document;
    }

    /// <summary>
    /// Removes what nobody can see: images that have lost their last name to another one, or to a crash, and layers without an
    /// image. The caller holds the store's lock.
    /// </summary>
    private void Sweep()
    {
        foreach (var unfinished in Directory.EnumerateFiles(_images, "*.new"))
            File.Delete(unfinished);
        _layers.Sweep();
        var named = ReadReferences().Select(pair => pair.Id).ToHashSet();
        var documents = ReadDocuments();
        foreach (var document in documents.Where(document => !named.Contains(document.Id)).ToList())
        {
            // Whoever is creating a container from it holds a shared lock until that container can be seen.
            using var imageLock = FileLock.TryExclusive(DocumentPath(document.Id));
            if (imageLock is null || FindUsers(document.Id).Count > 0)
                continue;
            DeleteDocument(document);
            documents.Remove(document);
        }

        // Which layers a damaged one has nobody knows; they stay until it is removed, or mended by importing it again.
        if (Directory.EnumerateFiles(_images, "*.json").Count() > documents.Count)
            return;
        var kept = documents.SelectMany(document => document.Layers).Select(layer => layer.Digest).ToHashSet();
        foreach (var layer in _layers.List().Where(layer => !kept.Contains(layer)).ToList())
            _layers.Remove(layer);
    }

    private void DeleteDocument(ImageDocument document)
    {
        Durable.Delete(DocumentPath(document.Id));
        Record("delete", document.Id, document.Id);
        _documents.TryRemove(document.Id, out _);
    }

    private List<ImageDocument> ReadDocuments() =>
        [.. Directory.EnumerateFiles(_images, "*.json").Select(path => TryReadDocument("sha256:" + Path.GetFileNameWithoutExtension(path))).OfType<ImageDocument>()];

    private void MakeDirectories() => Directory.CreateDirectory(_references);
}
