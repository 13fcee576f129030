using System.Text;
using System.Text.Json;

namespace ContainerChaos.Engine;

/// <summary>Writes images as an OCI layout, and with plain layers also as <c>docker save</c> does. A layer that several have is written once.</summary>
internal sealed class ImageArchiveWriter(ImageArchiveSink sink, LayerStore layers, ImageArchiveFormat format, Func<string> spool)
{
    private readonly Dictionary<string, OciDescriptor> _layers = [];
    private readonly HashSet<string> _blobs = [];
    private readonly List<OciDescriptor> _manifests = [];
    private readonly List<DockerArchiveEntry> _entries = [];

    /// <summary>Adds an image under its names, of which there may be none.</summary>
    public void Add(ImageDocument image, IReadOnlyList<string> references, CancellationToken cancellationToken)
    {
        var config = AddBlob(Encoding.UTF8.GetBytes(image.Config), OciManifest.ConfigType);
        foreach (var layer in image.Layers)
        {
            if (!_layers.ContainsKey(layer.Digest))
                _layers[layer.Digest] = format == ImageArchiveFormat.Docker ? AddPlain(layer.Digest, cancellationToken) : AddCompressed(layer.Digest, cancellationToken);
        }

        var manifest = new OciManifest { MediaType = OciManifest.ManifestType, Config = config, Layers = [.. image.Layers.Select(layer => _layers[layer.Digest])] };
        var descriptor = AddBlob(JsonSerializer.SerializeToUtf8Bytes(manifest, OciJson.Default.OciManifest), OciManifest.ManifestType);
        descriptor.Platform = new OciPlatform { Architecture = image.Parsed.Architecture, Os = image.Parsed.Os, Variant = image.Parsed.Variant };
        if (references.Count == 0)
            _manifests.Add(descriptor);
        foreach (var reference in references)
        {
            _manifests.Add(descriptor with
            {
                Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
                {
                    [OciManifest.FullNameAnnotation] = ImageReference.Qualify(reference),
                    [OciManifest.NameAnnotation] = ImageReference.Split(reference).Tag,
                },
            });
        }

        _entries.Add(new DockerArchiveEntry
        {
            Config = BlobPath(config.Digest),
            RepoTags = references,
            Layers = [.. image.Layers.Select(layer => BlobPath(_layers[layer.Digest].Digest))],
        });
    }

    /// <summary>Writes what leads to the images, and puts the whole in its place.</summary>
    public void Finish()
    {
        if (format == ImageArchiveFormat.Docker)
            sink.Add("manifest.json", JsonSerializer.SerializeToUtf8Bytes([.. _entries], OciJson.Default.DockerArchiveEntryArray));
        sink.Add("index.json", JsonSerializer.SerializeToUtf8Bytes(new OciManifest { MediaType = OciManifest.IndexType, Manifests = _manifests }, OciJson.Default.OciManifest));
        sink.Add("oci-layout", """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray());
        sink.Commit();
    }

    private OciDescriptor AddPlain(string digest, CancellationToken cancellationToken)
    {
        var descriptor = new OciDescriptor { MediaType = OciManifest.LayerType, Digest = "sha256:" + digest, Size = layers.GetArchiveLength(digest) };
        if (_blobs.Add(descriptor.Digest))
            sink.Add(BlobPath(descriptor.Digest), descriptor.Size, target => layers.WriteArchive(digest, target, cancellationToken));
        return descriptor;
    }

    private OciDescriptor AddCompressed(string digest, CancellationToken cancellationToken)
    {
        using var layer = CompressedLayer.Make(layers, digest, spool(), cancellationToken);
        if (_blobs.Add(layer.Descriptor.Digest))
            sink.Add(BlobPath(layer.Descriptor.Digest), layer.Descriptor.Size, target => layer.Content.CopyTo(target));
        return layer.Descriptor;
    }

    private OciDescriptor AddBlob(byte[] content, string mediaType)
    {
        var descriptor = new OciDescriptor { MediaType = mediaType, Digest = ContentDigest.Of(content), Size = content.Length };
        if (_blobs.Add(descriptor.Digest))
            sink.Add(BlobPath(descriptor.Digest), content);
        return descriptor;
    }

    private static string BlobPath(string digest) => "blobs/" + digest.Replace(':', '/');
}
