using System.IO.Compression;
using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>Reads or writes zstd (RFC 8878) by the host's libzstd, which every distribution's package manager or init brings along.</summary>
public sealed unsafe class ZstdStream : Stream
{
    private const int BlockSize = 128 * 1024; // ZSTD_BLOCKSIZE_MAX

    private readonly Stream _inner;
    private readonly byte[] _block = new byte[BlockSize];
    private readonly bool _isWriter;
    private nint _context;
    private int _start;
    private int _end;
    private bool _isInFrame;

    /// <summary>Opens a stream.</summary>
    /// <param name="inner">The compressed side; it is disposed with this stream.</param>
    /// <param name="mode">To read or to write.</param>
    /// <exception cref="DllNotFoundException">The host has no libzstd.so.1.</exception>
    public ZstdStream(Stream inner, CompressionMode mode)
    {
        _inner = inner;
        _isWriter = mode == CompressionMode.Compress;
        _context = _isWriter ? Zstd.ZSTD_createCCtx() : Zstd.ZSTD_createDCtx();
        if (_context == 0)
            throw new OutOfMemoryException("zstd");
        if (!_isWriter)
            return;
        Zstd.Check(Zstd.ZSTD_CCtx_setParameter(_context, Zstd.ZSTD_c_compressionLevel, 3));
        Zstd.Check(Zstd.ZSTD_CCtx_setParameter(_context, Zstd.ZSTD_c_checksumFlag, 1));
    }

    /// <summary>Whether the host has the library.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad("libzstd.so.1", out _);

    /// <inheritdoc/>
    public override bool CanRead => !_isWriter;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => _isWriter;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The data is damaged, or ends in the middle of a frame.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        fixed (byte* target = buffer, source = _block)
        {
            var output = new Zstd.Buffer { Data = target, Size = (nuint)buffer.Length };
            while (output.Position == 0)
            {
                if (_start == _end)
                {
                    (_start, _end) = (0, _inner.Read(_block));
                    // What a frame still holds back comes without more input; a file of several frames is one stream.
                    if (_end == 0 && !_isInFrame)
                        return 0;
                }

                var hadInput = _end > _start;
                var input = new Zstd.Buffer { Data = source, Size = (nuint)_end, Position = (nuint)_start };
                _isInFrame = Zstd.Check(Zstd.ZSTD_decompressStream(_context, &output, &input)) != 0;
                _start = (int)input.Position;
                if (!hadInput && output.Position == 0 && _isInFrame)
                    throw new InvalidDataException("zstd: the data ends in the middle of a frame");
            }

            return (int)output.Position;
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => Compress(buffer, Zstd.ZSTD_e_continue);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_context != 0)
        {
            if (disposing && _isWriter)
                Compress([], Zstd.ZSTD_e_end);
            _ = _isWriter ? Zstd.ZSTD_freeCCtx(_context) : Zstd.ZSTD_freeDCtx(_context);
            _context = 0;
        }

        if (disposing)
            _inner.Dispose();
        base.Dispose(disposing);
    }

    private void Compress(ReadOnlySpan<byte> buffer, int directive)
    {
        fixed (byte* source = buffer, target = _block)
        {
            var input = new Zstd.Buffer { Data = source, Size = (nuint)buffer.Length };
            nuint remaining;
            do
            {
                var output = new Zstd.Buffer { Data = target, Size = BlockSize };
                remaining = Zstd.Check(Zstd.ZSTD_compressStream2(_context, &output, &input, directive));
                _inner.Write(_block, 0, (int)output.Position);
            }
            while (directive == Zstd.ZSTD_e_end ? remaining != 0 : input.Position < input.Size);
        }
    }
}
