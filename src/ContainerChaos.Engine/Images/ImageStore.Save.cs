using System.Text;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

public sealed partial class ImageStore
{
    /// <summary>Makes an image of another one and a writable layer on top of it.</summary>
    /// <param name="imageId">The image below.</param>
    /// <param name="upper">The writable layer.</param>
    /// <param name="reference">The new image's reference.</param>
    /// <param name="container">The container's name, for messages.</param>
    /// <param name="configure">Changes the configuration.</param>
    /// <param name="history">What its history says of it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal Image Save(
        string imageId, string upper, string reference, string container, Action<OciContainerConfig> configure, OciHistory history, CancellationToken cancellationToken)
    {
        var normalized = CheckNew(reference);
        var below = TryReadDocument(imageId) ?? throw new ContainerException(ErrorReason.ImageNotFound, $"The image of container '{container}' is gone.", container) { Remedy = NotFoundRemedy };
        if (below.Layers.Count >= LayerStore.MaximumLayers)
            EngineErrors.Throw(ErrorReason.NotSupported, $"Cannot save container '{container}': its image has {below.Layers.Count} layers, and {LayerStore.MaximumLayers} are possible, as in Docker.", container, "Export the container's files and import them as one layer.");
        // Read anew, since it is changed in place.
        var parsed = OciJson.Read(Encoding.UTF8.GetBytes(below.Config), OciJson.Default.OciImageConfig, "its configuration", imageId);
        configure(parsed.Config ??= new OciContainerConfig());
        using var source = new DirectoryLayerSource(upper, isUpper: true) { Path = $"container {container}" };
        using var layer = _layers.Unpack(source, warn: null, cancellationToken);
        var document = ImageDocument.Create(
            parsed with
            {
                Created = history.Created,
                Author = history.Author ?? parsed.Author,
                RootFileSystem = new OciRootFileSystem { DiffIds = [.. parsed.RootFileSystem.DiffIds, "sha256:" + layer.Digest] },
                // One that says nothing of its layers must not have this entry taken for the first of them.
                History =
                [
                    .. parsed.History ?? [],
                    .. Enumerable.Repeat(new OciHistory(), Math.Max(0, below.Layers.Count - (parsed.History ?? []).Count(entry => !entry.IsEmptyLayer))),
                    history,
                ],
                // How Docker's builder ran the last step; it says nothing of this one.
                Others = parsed.Others?.Where(pair => pair.Key is not ("container" or "container_config")).ToDictionary(),
            },
            [.. below.Layers, new ImageLayer(layer.Digest, layer.SizeBytes)]);
        return (TryCommit([layer], [normalized], document) ?? throw new ContainerException(ErrorReason.ImageNotFound, $"The image of container '{container}' is gone.", container) { Remedy = NotFoundRemedy })
            .ToImage(normalized);
    }
}
