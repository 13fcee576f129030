namespace ContainerChaos.Engine;

/// <summary>One layer of an image.</summary>
/// <param name="Digest">The digest of its uncompressed archive, in hexadecimal.</param>
/// <param name="SizeBytes">The sum of the sizes of its files.</param>
internal sealed record ImageLayer(string Digest, long SizeBytes)
{
    /// <summary>The compressed blob that it was read from, which a registry may have; null when it was none.</summary>
    public OciDescriptor? Blob { get; init; }
}
