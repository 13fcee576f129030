using ZstdSharp;

namespace ContainerChaos.Engine;

/// <summary>Reads zstd (RFC 8878), of which damage is an <see cref="InvalidDataException"/> as with .NET's own decompressors.</summary>
/// <param name="inner">The compressed side; it is disposed with this stream.</param>
internal sealed class ZstdStream(Stream inner) : Stream
{
    private const int BlockSize = 128 * 1024; // ZSTD_BLOCKSIZE_MAX

    private readonly DecompressionStream _content = new(inner, BlockSize, checkEndOfStream: true, leaveOpen: false);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

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

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }
}
