using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>A stored layer as the archive that it came from, made of its tree and its recipe.</summary>
internal static class LayerArchive
{
    /// <summary>What a recipe is made of.</summary>
    public enum Segment : byte
    {
        /// <summary>The length of the archive.</summary>
        End,

        /// <summary>Bytes as they are.</summary>
        Literal,

        /// <summary>The first so many bytes of a file of the tree.</summary>
        Content,
    }

    /// <summary>Writes the uncompressed archive.</summary>
    /// <param name="recipe">The recipe's file.</param>
    /// <param name="tree">The layer's tree.</param>
    /// <param name="digest">What the archive's digest must be, in hexadecimal.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The archive's length.</returns>
    /// <exception cref="ContainerException">InvalidImage: the tree is not any more what was imported.</exception>
    public static long Write(string recipe, string tree, string digest, Stream target, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var reader = new BinaryReader(new BufferedStream(new GZipStream(OpenRecipe(recipe, digest), CompressionMode.Decompress), 64 * 1024), Encoding.UTF8);
        using var root = UnixDirectory.Open(tree);
        var buffer = new byte[128 * 1024];
        long length = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch ((Segment)reader.ReadByte())
            {
                case Segment.Literal:
                    for (var left = reader.ReadInt32(); left > 0;)
                    {
                        var count = reader.Read(buffer, 0, Math.Min(left, buffer.Length));
                        if (count == 0)
                            throw Changed(digest, "its recipe ends early");
                        Emit(buffer.AsSpan(0, count));
                        left -= count;
                    }

                    break;
                case Segment.Content:
                    Copy(reader.ReadString(), reader.ReadInt64());
                    break;
                default:
                    var actual = Convert.ToHexStringLower(hash.GetHashAndReset());
                    return actual == digest ? length : throw Changed(digest, $"its archive has the digest sha256:{actual} now");
            }
        }

        void Copy(string path, long left)
        {
            using var file = root.TryOpenFileInRoot(path) ?? throw Changed(digest, $"'{path}' is missing");
            for (long offset = 0; left > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(left, buffer.Length)), offset);
                if (count == 0)
                    throw Changed(digest, $"'{path}' is shorter than it was");
                Emit(buffer.AsSpan(0, count));
                offset += count;
                left -= count;
            }
        }

        void Emit(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            target.Write(bytes);
            length += bytes.Length;
        }
    }

    private static FileStream OpenRecipe(string recipe, string digest)
    {
        try
        {
            return new FileStream(recipe, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (FileNotFoundException)
        {
            throw Changed(digest, "its archive had several files of one name, of which only the last is kept");
        }
    }

    private static ContainerException Changed(string digest, string problem) =>
        new(ErrorReason.InvalidImage, $"Layer sha256:{digest} can't be made into its archive again: {problem}.", digest)
        {
            Remedy = "Somebody may have changed files below the data root. Import the image again after Remove-ContainerImage.",
        };
}
