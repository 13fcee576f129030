using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Finds the images of an archive: by manifest.json, or by the index of an OCI layout.</summary>
internal sealed class ImageArchiveReader(ImageArchive archive)
{
    // Far more than any has, and little enough to read at once.
    private const int MaximumDocument = 4 << 20;
    private const int MaximumNesting = 4;

    /// <exception cref="ContainerException">InvalidImage: something is missing, malformed, or not what its digest says. NotSupported: nothing in it is for this machine.</exception>
    public IReadOnlyList<ArchivedImage> Read(CancellationToken cancellationToken)
    {
        // Both are there in what newer versions of docker save write; manifest.json says which names go with which image.
        if (archive.TryOpen("manifest.json") is { } manifest)
        {
            using (manifest)
                return [.. OciJson.Read(ReadAll(manifest, "manifest.json"), OciJson.Default.DockerArchiveEntryArray, "manifest.json", archive.Path).Select(FromDocker)];
        }

        using var index = archive.TryOpen("index.json") ?? throw Invalid("it has no index.json", "An OCI layout has one; write it again with the tool that it is from.");
        var descriptors = OciJson.Read(ReadAll(index, "index.json"), OciJson.Default.OciManifest, "index.json", archive.Path).Manifests ?? [];
        return [.. descriptors.Where(descriptor => !IsAttestation(descriptor)).GroupBy(Name).Select(group => FromLayout(group.Key, [.. group], cancellationToken))];
    }

    /// <summary>Of several manifests for one image the one for this machine.</summary>
    /// <exception cref="ContainerException">NotSupported: there is none, and which there are.</exception>
    public static OciDescriptor Choose(IReadOnlyList<OciDescriptor> descriptors, string source)
    {
        descriptors = [.. descriptors.Where(descriptor => !IsAttestation(descriptor))];
        if (descriptors is [{ Platform: null } only])
            return only;
        var best = descriptors.Where(descriptor => descriptor.Platform?.Distance is not null).MinBy(descriptor => descriptor.Platform!.Distance);
        return best ?? descriptors.FirstOrDefault(descriptor => descriptor.Platform is null) ?? throw new ContainerException(
            ErrorReason.NotSupported,
            $"Cannot import '{source}': it has nothing for {OciPlatform.Current}, only for {string.Join(", ", descriptors.Select(descriptor => descriptor.Platform).Distinct())}.", source)
        {
            Remedy = "Get the image for this machine, or import it on one of those.",
        };
    }

    /// <summary>BuildKit puts statements on how an image was built among the images.</summary>
    private static bool IsAttestation(OciDescriptor descriptor) =>
        descriptor.Platform is { Os: "unknown" } || descriptor.Annotations?.ContainsKey("vnd.docker.reference.type") == true;

    private static string? Name(OciDescriptor descriptor) =>
        descriptor.Annotations?.GetValueOrDefault(OciManifest.FullNameAnnotation) ?? descriptor.Annotations?.GetValueOrDefault(OciManifest.NameAnnotation);

    private ArchivedImage FromLayout(string? name, IReadOnlyList<OciDescriptor> descriptors, CancellationToken cancellationToken)
    {
        var manifest = Resolve(descriptors, MaximumNesting, cancellationToken);
        if (manifest.Config is not { } config || manifest.Layers is not { } layers)
            throw Invalid("a manifest has no config and layers", "Artifacts that are no images can't be imported.");
        return Make(
            // A word alone is a tag of a name that only the user knows.
            name is not null && name.AsSpan().ContainsAny('/', ':') && ImageReference.TryNormalize(name, out var reference) ? [reference] : [],
            ReadBlob(config, "the configuration", cancellationToken),
            [.. layers.Select(layer => new Blob(() => archive.TryOpen(BlobPath(layer.Digest)), layer))]);
    }

    private OciManifest Resolve(IReadOnlyList<OciDescriptor> descriptors, int nesting, CancellationToken cancellationToken)
    {
        var chosen = Choose(descriptors, archive.Path);
        var document = OciJson.Read(ReadBlob(chosen, "the manifest", cancellationToken), OciJson.Default.OciManifest, "the manifest", archive.Path);
        if (document.Manifests is not { } inner)
            return document;
        if (nesting == 0)
            throw Invalid("its indexes lead to one another", "Write it again with the tool that it is from.");
        return Resolve(inner, nesting - 1, cancellationToken);
    }

    private ArchivedImage FromDocker(DockerArchiveEntry entry)
    {
        using var stream = archive.TryOpen(entry.Config) ?? throw Missing(entry.Config);
        var config = ReadAll(stream, entry.Config);
        // The file is named for the digest of what it holds: HEX.json, or blobs/sha256/HEX.
        var named = Path.GetFileName(entry.Config).Split('.')[0];
        if (ContentDigest.TryParse("sha256:" + named, out _, out _) && ContentDigest.Of(config) != "sha256:" + named)
            throw ContentDigest.Mismatch(archive.Path, $"'{entry.Config}'", $"the digest {ContentDigest.Of(config)}, not sha256:{named}");
        return Make(
            [.. (entry.RepoTags ?? []).Select(tag => ImageReference.TryNormalize(tag, out var reference) ? reference : null).OfType<string>()],
            config,
            [.. entry.Layers.Select(layer => new Blob(() => archive.TryOpen(layer), new OciDescriptor { Digest = LayerDigest(layer) }))]);
    }

    // Only in the newer form is a layer named for its digest; in the older one the configuration alone says what it must be.
    private static string LayerDigest(string path) =>
        path.StartsWith("blobs/sha256/", StringComparison.Ordinal) ? "sha256:" + Path.GetFileName(path) : "";

    private ArchivedImage Make(IReadOnlyList<string> references, byte[] config, IReadOnlyList<Blob> layers)
    {
        var diffIds = OciJson.Read(config, OciJson.Default.OciImageConfig, "the configuration", archive.Path).RootFileSystem.DiffIds;
        if (diffIds.Count != layers.Count)
            throw Invalid($"its configuration speaks of {diffIds.Count} layers, and its manifest of {layers.Count}", "Write it again with the tool that it is from.");
        return new ArchivedImage(references, config, [.. layers.Select((layer, i) => new ArchivedImage.Layer(
            ContentDigest.Sha256(diffIds[i], archive.Path),
            token => Open(layer, $"layer {i + 1} of {layers.Count}", token),
            layer.Descriptor is { Digest.Length: > 0, MediaType: not null } ? layer.Descriptor : null))]);
    }

    private Stream Open(Blob blob, string what, CancellationToken cancellationToken)
    {
        var stream = blob.TryOpen() ?? throw Missing($"{what}{(blob.Descriptor.Digest.Length > 0 ? " (" + blob.Descriptor.Digest + ")" : "")}");
        try
        {
            if (blob.Descriptor.Digest.Length > 0)
                ContentDigest.Verify(stream, blob.Descriptor, what, archive.Path, cancellationToken);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private byte[] ReadBlob(OciDescriptor descriptor, string what, CancellationToken cancellationToken)
    {
        using var stream = archive.TryOpen(BlobPath(descriptor.Digest)) ?? throw Missing($"{what} ({descriptor.Digest})");
        ContentDigest.Verify(stream, descriptor, what, archive.Path, cancellationToken);
        return ReadAll(stream, what);
    }

    private string BlobPath(string digest) =>
        ContentDigest.TryParse(digest, out _, out var hex) ? $"blobs/{digest[..digest.IndexOf(':')]}/{hex}" : throw Invalid($"'{digest}' is not a digest", "Only sha256 and sha512 are known.");

    private byte[] ReadAll(Stream stream, string what)
    {
        if (stream.Length > MaximumDocument)
            throw Invalid($"{what} has {stream.Length} bytes, too many for a document", "Write it again with the tool that it is from.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private ContainerException Missing(string what) => Invalid($"{what} is missing in it", "It was cut short, or holds a part of the image only. Write it again with the tool that it is from.");

    private ContainerException Invalid(string problem, string remedy) =>
        new(ErrorReason.InvalidImage, $"Cannot import '{archive.Path}': {problem}.", archive.Path) { Remedy = remedy };

    private sealed record Blob(Func<Stream?> TryOpen, OciDescriptor Descriptor);
}
