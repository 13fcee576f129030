using System.Text;
using System.Text.Json;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

public sealed partial class ImageStore
{
    private const int MaximumIndexes = 4;

    private string Downloads => Path.Combine(_images, "downloads");

    /// <summary>
    /// Gets an image from a registry: docker.io unless the reference names another, as in <c>localhost:5000/team/app:1</c>. Layers come several
    /// at a time; what the store has is not fetched, and what was interrupted goes on where it stopped. Every digest is verified.
    /// </summary>
    /// <param name="reference">The reference, <c>[host[:port]/]repository[:tag]</c>; it is also what the image is called here.</param>
    /// <param name="options">Credentials, trust, progress; null for none.</param>
    /// <param name="cancellationToken">Ends the call; what has come is kept for the next.</param>
    /// <exception cref="ContainerException">RegistryError, ImageNotFound, PermissionDenied, InvalidImage, NotSupported, InvalidName, DiskFull.</exception>
    public Image Pull(string reference, RegistryOptions? options = null, CancellationToken cancellationToken = default)
    {
        var normalized = CheckNew(reference);
        return Transfer($"pull '{normalized}'", normalized, options, cancellationToken, (client, settings) => PullAsync(client, normalized, settings, cancellationToken));
    }

    /// <summary>Puts an image into a registry, under the reference that it has here. What the registry has already is not sent.</summary>
    /// <param name="reference">As in <see cref="Get"/>, but no id: it names the registry.</param>
    /// <param name="options">As in <see cref="Pull"/>.</param>
    /// <param name="cancellationToken">Ends the call. The tag is there only when everything else is.</param>
    /// <returns>The digest of the image's manifest in the registry.</returns>
    /// <exception cref="ContainerException">As <see cref="Pull"/>.</exception>
    public string Push(string reference, RegistryOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (document, _) = Find(reference);
        var normalized = ImageReference.Normalize(reference);
        using var pin = FileLock.TryShared(DocumentPath(document.Id));
        if (pin is null)
            EngineErrors.Throw(ErrorReason.ImageNotFound, $"Image '{normalized}' has just been removed.", reference, NotFoundRemedy);
        var digest = Transfer($"push '{normalized}'", normalized, options, cancellationToken, (client, settings) => PushAsync(client, document, RegistryAddress.Of(normalized).Tag, settings, cancellationToken));
        Record("push", document.Id, normalized);
        return digest;
    }

    private T Transfer<T>(string operation, string normalized, RegistryOptions? options, CancellationToken cancellationToken, Func<RegistryClient, RegistryOptions, Task<T>> transfer)
    {
        options ??= new RegistryOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallel, 1);
        var address = RegistryAddress.Of(normalized);
        using var client = new RegistryClient(address, options);
        try
        {
            MakeDirectories();
            Directory.CreateDirectory(Downloads);
            return Task.Run(
                async () =>
                {
                    await client.ConnectAsync(cancellationToken).ConfigureAwait(false);
                    return await transfer(client, options).ConfigureAwait(false);
                },
                cancellationToken).GetAwaiter().GetResult();
        }
        catch (HttpRequestException e)
        {
            throw client.Unreachable(e);
        }
        catch (Exception e) when (EngineErrors.IsEnvironmental(e))
        {
            throw EngineErrors.From(e, operation, normalized, _options.DataRoot);
        }
    }

    private async Task<Image> PullAsync(RegistryClient client, string normalized, RegistryOptions options, CancellationToken cancellationToken)
    {
        var download = new RegistryDownload(client, options, Downloads, normalized);
        var manifest = Parse(await download.GetManifestAsync(RegistryAddress.Of(normalized).Tag, cancellationToken).ConfigureAwait(false));
        for (var i = 0; manifest.Manifests is { } manifests; i++)
        {
            if (i == MaximumIndexes)
                EngineErrors.Throw(ErrorReason.InvalidImage, $"Cannot import '{normalized}': its indexes lead to one another.", normalized, "Have it pushed again.");
            manifest = Parse(await download.GetManifestAsync(ImageArchiveReader.Choose(manifests, normalized).Digest, cancellationToken).ConfigureAwait(false));
        }

        if (manifest is not { Config: { } configBlob, Layers: { } layers })
            throw new ContainerException(ErrorReason.InvalidImage, $"Cannot import '{normalized}': its manifest has no config and layers.", normalized) { Remedy = "Artifacts that are no images, and Docker's schema 1, can't be imported." };
        var files = new List<string> { await download.GetBlobAsync(configBlob, cancellationToken).ConfigureAwait(false) };
        var config = await File.ReadAllBytesAsync(files[0], cancellationToken).ConfigureAwait(false);
        var diffIds = OciJson.Read(config, OciJson.Default.OciImageConfig, "the configuration", normalized).RootFileSystem.DiffIds.Select(digest => ContentDigest.Sha256(digest, normalized)).ToList();
        if (diffIds.Count != layers.Count)
            EngineErrors.Throw(ErrorReason.InvalidImage, $"Cannot import '{normalized}': its configuration speaks of {diffIds.Count} layers, and its manifest of {layers.Count}.", normalized, "Have it pushed again.");
        var wanted = new List<OciDescriptor>();
        foreach (var (diffId, layer) in diffIds.Zip(layers))
        {
            if (_layers.Contains(diffId))
                options.Progress?.Invoke(new TransferProgress(layer.Digest, TransferStep.Present, layer.Size, layer.Size));
            else if (!wanted.Exists(other => other.Digest == layer.Digest))
                wanted.Add(layer);
        }

        await Parallel.ForEachAsync(wanted, new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellationToken }, async (layer, token) =>
        {
            var file = await download.GetBlobAsync(layer, token).ConfigureAwait(false);
            lock (files)
                files.Add(file);
        }).ConfigureAwait(false);
        var archived = new ArchivedImage([normalized], config, [.. diffIds.Zip(layers, (diffId, layer) => new ArchivedImage.Layer(
            diffId, token => File.OpenRead(download.GetBlobAsync(layer, token).GetAwaiter().GetResult()), layer))]);
        var document = Store(archived, [normalized], normalized, options.Warn, cancellationToken);
        foreach (var file in files)
            File.Delete(file);
        Record("pull", document.Id, normalized);
        return document.ToImage(normalized);

        OciManifest Parse(byte[] content) => OciJson.Read(content, OciJson.Default.OciManifest, "the manifest", normalized);
    }

    private async Task<string> PushAsync(RegistryClient client, ImageDocument document, string tag, RegistryOptions options, CancellationToken cancellationToken)
    {
        var upload = new RegistryUpload(client, options);
        var config = Encoding.UTF8.GetBytes(document.Config);
        var configBlob = new OciDescriptor { MediaType = OciManifest.ConfigType, Digest = ContentDigest.Of(config), Size = config.Length };
        var blobs = new Dictionary<string, OciDescriptor>();
        await Parallel.ForEachAsync(document.Layers.DistinctBy(layer => layer.Digest), new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellationToken }, async (layer, token) =>
        {
            var blob = await PushLayerAsync(upload, layer, token).ConfigureAwait(false);
            lock (blobs)
                blobs[layer.Digest] = blob;
        }).ConfigureAwait(false);
        if (!await upload.HasAsync(configBlob, cancellationToken).ConfigureAwait(false))
            await upload.PutBlobAsync(configBlob, new MemoryStream(config), cancellationToken).ConfigureAwait(false);
        var manifest = JsonSerializer.SerializeToUtf8Bytes(
            new OciManifest { MediaType = OciManifest.ManifestType, Config = configBlob, Layers = [.. document.Layers.Select(layer => blobs[layer.Digest])] }, OciJson.Default.OciManifest);
        await upload.PutManifestAsync(tag, manifest, cancellationToken).ConfigureAwait(false);
        return ContentDigest.Of(manifest);
    }

    private async Task<OciDescriptor> PushLayerAsync(RegistryUpload upload, ImageLayer layer, CancellationToken cancellationToken)
    {
        // The blob that it came as, if the registry has that one: nothing is compressed then.
        if (layer.Blob is { } known && await upload.HasAsync(known, cancellationToken).ConfigureAwait(false))
            return known.MediaType?.StartsWith("application/vnd.docker.", StringComparison.Ordinal) == true ? known with { MediaType = OciManifest.GzipLayerType } : known;
        using var compressed = CompressedLayer.Make(_layers, layer.Digest, OwnedDirectory.NewPath(_images, "spool"), cancellationToken);
        if (!await upload.HasAsync(compressed.Descriptor, cancellationToken).ConfigureAwait(false))
            await upload.PutBlobAsync(compressed.Descriptor, compressed.Content, cancellationToken).ConfigureAwait(false);
        return compressed.Descriptor;
    }
}
