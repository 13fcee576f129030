using System.Buffers.Text;
using System.Text;

namespace ContainerChaos.Scenarios.Load;

/// <summary>
/// Finds the end of an HTTP/1.1 response in pieces as they arrive: by Content-Length, by chunks, or by the end of the
/// connection (RFC 9112, section 6). The body is counted, and kept only where somebody asks for it.
/// </summary>
internal sealed class HttpResponseReader
{
    private const int MaxHead = 16 * 1024;

    private byte[] _head = new byte[512];
    private int _headLength;
    private State _state;
    private long _remaining;
    private bool _sizeEnded;
    private bool _lastChunk;
    private int _lineLength;

    private enum State : byte
    {
        Head,
        Body,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
        UntilClose,
    }

    /// <summary>What is known after a piece.</summary>
    internal enum Progress : byte
    {
        /// <summary>More has to come.</summary>
        Incomplete,

        /// <summary>The response is complete.</summary>
        Complete,

        /// <summary>This is not HTTP/1.x.</summary>
        Malformed,
    }

    /// <summary>The status of the response, once its head was read.</summary>
    internal short Status { get; private set; }

    /// <summary>Whether the connection can carry another request afterwards.</summary>
    internal bool KeepAlive { get; private set; }

    /// <summary>Where the body goes; null for nowhere.</summary>
    internal Stream? Body { get; init; }

    /// <summary>Whether any byte of a response was seen since <see cref="Reset"/>.</summary>
    internal bool Begun => _headLength > 0;

    /// <summary>Prepares for the next response.</summary>
    internal void Reset()
    {
        _headLength = 0;
        _state = State.Head;
        Status = 0;
        KeepAlive = true;
    }

    /// <summary>Takes the next piece.</summary>
    internal Progress Feed(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            switch (_state)
            {
                case State.Head:
                    if (!TakeHead(ref piece, out Progress progress))
                        return progress;
                    break;
                case State.Body:
                case State.ChunkData:
                    int taken = (int)Math.Min(_remaining, piece.Length);
                    _remaining -= taken;
                    Body?.Write(piece[..taken]);
                    piece = piece[taken..];
                    if (_remaining > 0)
                        return Progress.Incomplete;
                    if (_state == State.Body)
                        return piece.IsEmpty ? Progress.Complete : Progress.Malformed;
                    _state = State.ChunkEnd;
                    break;
                case State.UntilClose:
                    Body?.Write(piece);
                    return Progress.Incomplete;
                default:
                    byte next = piece[0];
                    piece = piece[1..];
                    if (!TakeChunkByte(next))
                        return Progress.Malformed;
                    if (_state == State.Trailer && _lineLength < 0)
                        return piece.IsEmpty ? Progress.Complete : Progress.Malformed;
                    break;
            }
        }

        return Progress.Incomplete;
    }

    /// <summary>Says what the end of the connection means for the response.</summary>
    internal Progress End() => _state == State.UntilClose ? Progress.Complete : Progress.Incomplete;

    private bool TakeHead(ref ReadOnlySpan<byte> piece, out Progress progress)
    {
        int before = _headLength;
        if (_headLength + piece.Length > _head.Length)
            Array.Resize(ref _head, Math.Max(_head.Length * 2, _headLength + piece.Length));
        piece.CopyTo(_head.AsSpan(_headLength));
        _headLength += piece.Length;
        int from = Math.Max(0, before - 3);
        int end = _head.AsSpan(from, _headLength - from).IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            progress = _headLength > MaxHead ? Progress.Malformed : Progress.Incomplete;
            return false;
        }

        int headEnd = from + end + 4;
        piece = piece[(headEnd - before)..];
        _headLength = headEnd;
        if (!ParseHead(_head.AsSpan(0, headEnd)))
        {
            progress = Progress.Malformed;
            return false;
        }

        progress = _state == State.Body && _remaining == 0 ? Progress.Complete : Progress.Incomplete;
        if (progress == Progress.Complete && !piece.IsEmpty)
            progress = Progress.Malformed;
        return progress == Progress.Incomplete;
    }

    private bool ParseHead(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12 || !head.StartsWith("HTTP/1."u8) || !Utf8Parser.TryParse(head[9..], out int status, out int digits) || digits != 3)
            return false;
        Status = (short)status;
        KeepAlive = head[7] == (byte)'1';
        _state = status is 204 or 304 ? State.Body : State.UntilClose;
        _remaining = 0;
        head = head[(head.IndexOf("\r\n"u8) + 2)..];
        while (head.IndexOf("\r\n"u8) is > 0 and var end)
        {
            ReadOnlySpan<byte> line = head[..end];
            head = head[(end + 2)..];
            int colon = line.IndexOf((byte)':');
            if (colon <= 0)
                return false;
            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim((byte)' ');
            if (Ascii.EqualsIgnoreCase(line[..colon], "content-length"u8))
            {
                if (!Utf8Parser.TryParse(value, out _remaining, out int used) || used != value.Length || _remaining < 0)
                    return false;
                _state = State.Body;
            }
            else if (Ascii.EqualsIgnoreCase(line[..colon], "transfer-encoding"u8) && Ascii.EqualsIgnoreCase(value, "chunked"u8))
            {
                _state = State.ChunkSize;
                _remaining = 0;
                _sizeEnded = false;
            }
            else if (Ascii.EqualsIgnoreCase(line[..colon], "connection"u8))
            {
                KeepAlive = !Ascii.EqualsIgnoreCase(value, "close"u8);
            }
        }

        if (_state == State.UntilClose)
            KeepAlive = false;
        return true;
    }

    private bool TakeChunkByte(byte next)
    {
        switch (_state)
        {
            case State.ChunkSize when next == (byte)'\n':
                _lastChunk = _remaining == 0;
                _state = _lastChunk ? State.Trailer : State.ChunkData;
                _sizeEnded = false;
                _lineLength = 0;
                return true;
            case State.ChunkSize:
                if (next is (byte)';' or (byte)'\r')
                    _sizeEnded = true;
                if (_sizeEnded)
                    return true;
                if (!char.IsAsciiHexDigit((char)next) || _remaining > int.MaxValue)
                    return false;
                _remaining = (_remaining * 16) + Convert.ToInt32(((char)next).ToString(), 16);
                return true;
            case State.ChunkEnd:
                if (next != (byte)'\n')
                    return next == (byte)'\r';
                _state = State.ChunkSize;
                _remaining = 0;
                return true;
            default: // Trailer: it ends with an empty line.
                if (next == (byte)'\n')
                    _lineLength = _lineLength == 0 ? -1 : 0;
                else if (next != (byte)'\r')
                    _lineLength++;
                return true;
        }
    }
}
