using System.Buffers.Binary;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>Reads values of a D-Bus message; what does not fit into it is an error, whoever sent it.</summary>
internal ref struct DBusReader(ReadOnlySpan<byte> bytes, bool bigEndian)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    internal readonly bool AtEnd => _position >= _bytes.Length;

    internal readonly int Position => _position;

    internal void Align(int boundary) => _position = Check((_position + boundary - 1) / boundary * boundary);

    internal byte Byte() => Take(1)[0];

    internal uint UInt32()
    {
        Align(4);
        var field = Take(4);
        return bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(field) : BinaryPrimitives.ReadUInt32LittleEndian(field);
    }

    internal string String()
    {
        var length = UInt32();
        var text = Encoding.UTF8.GetString(Take(length));
        Take(1);
        return text;
    }

    internal string Signature()
    {
        var text = Encoding.ASCII.GetString(Take(Byte()));
        Take(1);
        return text;
    }

    private ReadOnlySpan<byte> Take(uint count)
    {
        if (count > _bytes.Length - _position)
            throw Malformed();
        var taken = _bytes.Slice(_position, (int)count);
        _position += (int)count;
        return taken;
    }

    private readonly int Check(int position) => position <= _bytes.Length ? position : throw Malformed();

    private static ErrnoException Malformed() => new(Errno.EPROTO, "D-Bus", "(a message that is cut short)");
}
