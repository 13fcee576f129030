using System.Buffers.Text;

namespace ContainerChaos.Target.Text;

/// <summary>Writes UTF-8 into a fixed buffer without allocating; what does not fit is cut off.</summary>
internal ref struct ByteWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    public void Append(scoped ReadOnlySpan<byte> text)
    {
        int count = Math.Min(text.Length, _buffer.Length - Length);
        text[..count].CopyTo(_buffer[Length..]);
        Length += count;
    }

    public void Append(byte value)
    {
        if (Length < _buffer.Length) _buffer[Length++] = value;
    }

    public void Append(long value)
    {
        if (Utf8Formatter.TryFormat(value, _buffer[Length..], out int count)) Length += count;
    }

    public void Append(string text)
    {
        System.Text.Unicode.Utf8.FromUtf16(text, _buffer[Length..], out _, out int count);
        Length += count;
    }

    /// <summary>A JSON string with its quotes.</summary>
    public void AppendJson(string text)
    {
        Append((byte)'"');
        foreach (char c in text)
        {
            if (c is '"' or '\\') Append((byte)'\\');
            if (c is < ' ')
            {
                Append("\\u00"u8);
                Append((byte)"0123456789abcdef"[c >> 4]);
                Append((byte)"0123456789abcdef"[c & 15]);
            }
            else if (c < 0x80)
            {
                Append((byte)c);
            }
            else
            {
                Append("?"u8);
            }
        }

        Append((byte)'"');
    }

    /// <summary>One member of a JSON object, a comma before it unless it is the first.</summary>
    public void Member(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        Append(value);
    }

    /// <inheritdoc cref="Member(ReadOnlySpan{byte}, long)"/>
    public void Member(ReadOnlySpan<byte> name, bool value)
    {
        Name(name);
        Append(value ? "true"u8 : "false"u8);
    }

    /// <inheritdoc cref="Member(ReadOnlySpan{byte}, long)"/>
    public void Member(ReadOnlySpan<byte> name, string? value)
    {
        Name(name);
        if (value is null) Append("null"u8);
        else AppendJson(value);
    }

    /// <summary>The name of a member, for a value that the caller writes next.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        if (Length > 0 && _buffer[Length - 1] != '{') Append(", "u8);
        Append((byte)'"');
        Append(name);
        Append("\": "u8);
    }
}
