using System.IO.Compression;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Opens what may be compressed, by its first bytes; media types and file names are often wrong.</summary>
internal static class CompressedStream
{
    /// <summary>The uncompressed content of a stream that can be rewound, which the result takes over.</summary>
    /// <param name="stream">The stream, at its beginning.</param>
    /// <param name="subject">What error messages call it.</param>
    /// <exception cref="ContainerException">InvalidImage: a compression that is not known here.</exception>
    public static Stream Open(Stream stream, string subject)
    {
        switch (Detect(stream))
        {
            case null:
                return stream;
            case "gzip":
                return new GZipStream(stream, CompressionMode.Decompress);
            case "zstd":
                return new ZstdStream(stream);
            case var other:
                stream.Dispose();
                throw new ContainerException(ErrorReason.InvalidImage, $"Cannot import '{subject}': it is compressed with {other}.", subject)
                {
                    Remedy = $"Decompress it first ({other} -d), or give one that is plain or compressed with gzip or zstd.",
                };
        }
    }

    /// <summary>The name of the compression; null for none. The stream is at its beginning again afterwards.</summary>
    public static string? Detect(Stream stream)
    {
        Span<byte> magic = stackalloc byte[6];
        var start = stream.Position;
        var length = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        stream.Position = start;
        return magic[..length] switch
        {
            [0x1f, 0x8b, ..] => "gzip",
            [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..] => "xz",
            // The second is a skippable frame, with which the chunked form that podman makes may begin.
            [0x28, 0xb5, 0x2f, 0xfd, ..] or [>= 0x50 and <= 0x5f, 0x2a, 0x4d, 0x18, ..] => "zstd",
            [(byte)'B', (byte)'Z', (byte)'h', ..] => "bzip2",
            _ => null,
        };
    }
}
