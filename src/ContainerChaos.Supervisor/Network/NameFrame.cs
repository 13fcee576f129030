using System.Buffers.Binary;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>DNS messages in a TCP stream: two bytes of length before each (RFC 1035, 4.2.2).</summary>
internal sealed class NameFrame
{
    private const int LengthSize = 2;

    private byte[] _bytes = [];
    private int _held;

    /// <summary>Takes in what has arrived.</summary>
    /// <returns>False at the end of the stream or when it is broken.</returns>
    internal bool TryReceive(InternetSocket socket, byte[] buffer)
    {
        var count = socket.Receive(buffer, out var error);
        if (count <= 0)
            return error == Errno.EAGAIN;
        if (_bytes.Length < _held + count)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _held + count));
        buffer.AsSpan(0, count).CopyTo(_bytes.AsSpan(_held));
        _held += count;
        return true;
    }

    /// <summary>The next message; null when it has not arrived whole.</summary>
    internal byte[]? Take()
    {
        if (_held < LengthSize || BinaryPrimitives.ReadUInt16BigEndian(_bytes) is var length && _held < LengthSize + length)
            return null;
        var message = _bytes.AsSpan(LengthSize, length).ToArray();
        _held -= LengthSize + length;
        _bytes.AsSpan(LengthSize + length, _held).CopyTo(_bytes);
        // What a single long message needed is not kept.
        if (_held == 0)
            _bytes = [];
        return message;
    }

    /// <summary>Sends a message.</summary>
    /// <returns>False when there is no room for all of it.</returns>
    internal static bool TrySend(InternetSocket socket, ReadOnlySpan<byte> message)
    {
        var framed = new byte[LengthSize + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed.AsSpan(LengthSize));
        return socket.Send(framed, out _) == framed.Length;
    }
}
