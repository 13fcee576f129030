using System.Buffers.Binary;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>Marshals values of a D-Bus message, little-endian (D-Bus Specification, Marshaling).</summary>
internal sealed class DBusWriter
{
    private readonly List<byte> _bytes = [];

    internal byte[] ToArray() => [.. _bytes];

    internal int Length => _bytes.Count;

    /// <summary>Fills up with zeros to a boundary, counted from the start of what is written here.</summary>
    internal void Align(int boundary)
    {
        while (_bytes.Count % boundary != 0)
            _bytes.Add(0);
    }

    internal void Byte(byte value) => _bytes.Add(value);

    internal void Boolean(bool value) => UInt32(value ? 1u : 0);

    internal void UInt32(uint value)
    {
        Align(4);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }

    internal void UInt64(ulong value)
    {
        Align(8);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }

    /// <summary>A string or an object path: length, UTF-8, a zero byte.</summary>
    internal void String(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        UInt32((uint)bytes.Length);
        _bytes.AddRange(bytes);
        _bytes.Add(0);
    }

    internal void Signature(string value)
    {
        _bytes.Add((byte)value.Length);
        _bytes.AddRange(Encoding.ASCII.GetBytes(value));
        _bytes.Add(0);
    }

    internal void Bytes(ReadOnlySpan<byte> value) => _bytes.AddRange(value);

    /// <summary>An array: its length in bytes, filling up to the elements' boundary, which does not count, and the elements.</summary>
    internal void Array<T>(int boundary, IEnumerable<T> elements, Action<T> write)
    {
        UInt32(0);
        var lengthAt = _bytes.Count - 4;
        Align(boundary);
        var start = _bytes.Count;
        foreach (var element in elements)
            write(element);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)(_bytes.Count - start));
        for (var i = 0; i < 4; i++)
            _bytes[lengthAt + i] = length[i];
    }
}
