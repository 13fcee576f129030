using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace ContainerChaos.Engine;

/// <summary>
/// Takes the archive of a layer as it passes: its digest, and its recipe, which is what the archive has besides the files' content.
/// Recipe and tree together become the very same archive again (<see cref="LayerArchive"/>), so no layer is kept twice.
/// </summary>
internal sealed class LayerRecorder : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly BinaryWriter? _recipe;
    private readonly MemoryStream _literal = new();
    private string? _path;
    private long _payload;

    /// <param name="recipe">The file that the recipe goes to; null for the digest only.</param>
    public LayerRecorder(string? recipe)
    {
        if (recipe is not null)
            _recipe = new BinaryWriter(new BufferedStream(new GZipStream(new FileStream(recipe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0), CompressionLevel.Fastest), 64 * 1024), Encoding.UTF8);
    }

    /// <summary>The bytes of the archive so far.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes of the archive itself: headers, padding.</summary>
    public void Literal(ReadOnlySpan<byte> bytes)
    {
        EndPayload();
        Count(bytes);
        if (_recipe is null)
            return;
        _literal.Write(bytes);
        if (_literal.Length > 64 * 1024)
            FlushLiteral();
    }

    /// <summary>Bytes of the content of a file in the layer's tree.</summary>
    public void Payload(string path, ReadOnlySpan<byte> bytes)
    {
        if (_path != path)
            EndPayload();
        (_path, _payload) = (path, _payload + bytes.Length);
        Count(bytes);
    }

    /// <summary>The digest of the whole archive in hexadecimal. The recipe is complete then.</summary>
    public string Finish()
    {
        EndPayload();
        FlushLiteral();
        if (_recipe is not null)
        {
            _recipe.Write((byte)LayerArchive.Segment.End);
            _recipe.Write(Length);
            _recipe.Dispose();
        }

        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public void Dispose()
    {
        _recipe?.Dispose();
        _hash.Dispose();
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        Length += bytes.Length;
    }

    private void EndPayload()
    {
        if (_path is null)
            return;
        if (_recipe is not null && _payload > 0)
        {
            FlushLiteral();
            _recipe.Write((byte)LayerArchive.Segment.Content);
            _recipe.Write(_path);
            _recipe.Write(_payload);
        }

        (_path, _payload) = (null, 0);
    }

    private void FlushLiteral()
    {
        if (_recipe is null || _literal.Length == 0)
            return;
        _recipe.Write((byte)LayerArchive.Segment.Literal);
        _recipe.Write((int)_literal.Length);
        _recipe.Write(_literal.GetBuffer().AsSpan(0, (int)_literal.Length));
        _literal.SetLength(0);
    }
}
