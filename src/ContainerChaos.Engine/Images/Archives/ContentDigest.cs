using System.Security.Cryptography;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Digests as descriptors have them, <c>ALGORITHM:HEX</c> (image-spec, descriptor.md, "Digests").</summary>
internal static class ContentDigest
{
    /// <summary>Takes a digest apart; false for what is no digest of a known algorithm.</summary>
    public static bool TryParse(string digest, out HashAlgorithmName algorithm, out string hex)
    {
        var colon = digest.IndexOf(':');
        (var name, hex) = colon < 0 ? ("", digest) : (digest[..colon], digest[(colon + 1)..]);
        algorithm = name == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
        return name is "sha256" or "sha512" && hex.Length == (name == "sha512" ? 128 : 64) && !hex.AsSpan().ContainsAnyExcept("0123456789abcdef");
    }

    /// <summary>The hexadecimal part of a SHA-256 digest.</summary>
    /// <exception cref="ContainerException">InvalidImage: it is none.</exception>
    public static string Sha256(string digest, string source) =>
        TryParse(digest, out var algorithm, out var hex) && algorithm == HashAlgorithmName.SHA256 ? hex : throw Malformed(digest, source);

    public static string Of(ReadOnlySpan<byte> content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Reads a blob to its end and back to its beginning.</summary>
    /// <param name="content">The blob.</param>
    /// <param name="descriptor">What it must be. A size of 0 is not looked at.</param>
    /// <param name="what">What error messages call the blob.</param>
    /// <param name="source">Where it is from.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ContainerException">InvalidImage: digest or size are others.</exception>
    public static void Verify(Stream content, OciDescriptor descriptor, string what, string source, CancellationToken cancellationToken)
    {
        if (!TryParse(descriptor.Digest, out var algorithm, out _))
            throw Malformed(descriptor.Digest, source);
        var start = content.Position;
        using var hash = IncrementalHash.CreateHash(algorithm);
        var buffer = new byte[128 * 1024];
        long size = 0;
        while (content.Read(buffer) is > 0 and var count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, count);
            size += count;
        }

        content.Position = start;
        if (descriptor.Size > 0 && size != descriptor.Size)
            throw Mismatch(source, what, $"{size} bytes, not the {descriptor.Size} of its descriptor");
        var actual = $"{descriptor.Digest.Split(':')[0]}:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
        if (actual != descriptor.Digest)
            throw Mismatch(source, what, $"the digest {actual}, not {descriptor.Digest}");
    }

    /// <summary>The error of content that is not what it should be.</summary>
    public static ContainerException Mismatch(string source, string what, string problem) =>
        new(ErrorReason.InvalidImage, $"Cannot import '{source}': {what} has {problem}.", source)
        {
            Remedy = "It was damaged or changed on its way. Get it again from where it was made.",
        };

    private static ContainerException Malformed(string digest, string source) =>
        new(ErrorReason.InvalidImage, $"Cannot import '{source}': '{digest}' is not a digest that is known here.", source) { Remedy = "Only sha256 and sha512 are." };
}
