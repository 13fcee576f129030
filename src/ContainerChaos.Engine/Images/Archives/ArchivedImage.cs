namespace ContainerChaos.Engine;

/// <summary>An image on its way into the store, from an archive or from a registry.</summary>
/// <param name="References">The normalised references that it brings along.</param>
/// <param name="Config">Its configuration, verified.</param>
/// <param name="Layers">Its layers, bottom first.</param>
internal sealed record ArchivedImage(IReadOnlyList<string> References, byte[] Config, IReadOnlyList<ArchivedImage.Layer> Layers)
{
    /// <summary>A layer that is yet to be unpacked.</summary>
    /// <param name="DiffId">The digest of its uncompressed archive, in hexadecimal.</param>
    /// <param name="Open">Opens it, compressed or not, and verifies its own digest.</param>
    /// <param name="Blob">What it is in a registry; null where that is not known.</param>
    public sealed record Layer(string DiffId, Func<CancellationToken, Stream> Open, OciDescriptor? Blob);
}
