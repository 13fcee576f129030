using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>What the reader of a non-blocking descriptor has not taken yet, up to a bound.</summary>
internal sealed class Backlog(FileDescriptor reader)
{
    /// <summary>How far a reader may fall behind, beside what the socket itself holds: one that reads may have to wait for a processor, too.</summary>
    internal const int Limit = 16 << 20;

    private byte[] _bytes = [];
    private int _start;
    private int _length;

    internal bool IsEmpty => _length == 0;

    /// <summary>Sends, and keeps what is not taken.</summary>
    /// <returns>False when the reader is gone, or has fallen behind too far.</returns>
    internal bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (!TryFlush())
            return false;
        if (IsEmpty)
        {
            var taken = Send(bytes);
            if (taken < 0)
                return false;
            bytes = bytes[taken..];
        }

        if (bytes.IsEmpty)
            return true;
        if (_length + bytes.Length > Limit)
            return false;
        Append(bytes);
        return true;
    }

    /// <summary>Sends what is kept, as far as it is taken.</summary>
    /// <returns>False when the reader is gone.</returns>
    internal bool TryFlush()
    {
        if (IsEmpty)
            return true;
        var taken = Send(_bytes.AsSpan(_start, _length));
        if (taken < 0)
            return false;
        _start += taken;
        _length -= taken;
        if (IsEmpty)
            (_start, _bytes) = (0, []);
        return true;
    }

    /// <returns>How much was taken; -1 when nobody reads any more.</returns>
    private int Send(ReadOnlySpan<byte> bytes)
    {
        var total = 0;
        try
        {
            while (total < bytes.Length && reader.WriteSome(bytes[total..]) is > 0 and var count)
                total += count;
            return total;
        }
        catch (ErrnoException e) when (e.Errno is Errno.EPIPE or Errno.ECONNRESET or Errno.EIO)
        {
            return -1;
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_start + _length + bytes.Length > _bytes.Length)
        {
            var larger = new byte[Math.Max(16 * 1024, 2 * (_length + bytes.Length))];
            _bytes.AsSpan(_start, _length).CopyTo(larger);
            (_bytes, _start) = (larger, 0);
        }

        bytes.CopyTo(_bytes.AsSpan(_start + _length));
        _length += bytes.Length;
    }
}
