using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

public sealed partial class ImageStore
{
    private const string EmbeddedReference = "target:latest";

    // The embedded binary's identity (size and time of change) and the image made of it, so that it is hashed once.
    private volatile Embedded? _embedded;

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
            present.Layers is [var only] && only.Digest == digest && _layers.Contains(digest))
            return present;
        using var source = new EmbeddedLayerSource(_options.TargetPath) { Path = _options.TargetPath };
        using var layer = _layers.Unpack(source, warn: null, CancellationToken.None);
        var document = ImageDocument.Create(
            NewConfig(layer.Digest, new OciContainerConfig { Entrypoint = ["/target"], Cmd = ["serve"] }, "Built with ContainerChaos"), [new ImageLayer(layer.Digest, layer.SizeBytes)]);
        return TryCommit([layer], [EmbeddedReference], document)!;
    }

    private sealed record Embedded((long Length, DateTime Changed) Identity, ImageDocument Document);
}
