using ZstdSharp;

namespace ContainerChaos.Engine;

/// <summary>Reads zstd (RFC 8878), of which damage is an <see cref="InvalidDataException"/> as with .NET's own decompressors.</summary>
/// <param name="inner">The compressed side; it is disposed with this stream.</param>
internal sealed class ZstdStream(Stream inner) : ForwardStream
{
    private const int BlockSize = 128 * 1024; // ZSTD_BLOCKSIZE_MAX

    private readonly DecompressionStream _content = new(inner, BlockSize, checkEndOfStream: true, leaveOpen: false);

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _content.Read(buffer);
        }
        catch (ZstdException e)
        {
            throw new InvalidDataException("zstd: " + e.Message, e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }
}
