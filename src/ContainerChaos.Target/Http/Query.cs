using System.Buffers.Text;

namespace ContainerChaos.Target.Http;

/// <summary>The parameters of a request. A value that is not what was asked for is remembered, so that the request can be refused.</summary>
internal ref struct Query(ReadOnlySpan<byte> query)
{
    private readonly ReadOnlySpan<byte> _query = query;

    /// <summary>The first complaint; null when all was well.</summary>
    public string? Error { get; private set; }

    /// <summary>A whole number; <paramref name="absent"/> when the parameter is not there.</summary>
    public long Number(ReadOnlySpan<byte> name, long absent, long minimum, long maximum)
    {
        if (!TryFind(name, out ReadOnlySpan<byte> value)) return absent;
        if (Utf8Parser.TryParse(value, out long number, out int used) && used == value.Length && number >= minimum && number <= maximum) return number;
        Error ??= $"{System.Text.Encoding.ASCII.GetString(name)}: a whole number from {minimum} to {maximum} is expected";
        return absent;
    }

    /// <summary>A number with a fraction, 0.5 say.</summary>
    public double Real(ReadOnlySpan<byte> name, double absent)
    {
        if (!TryFind(name, out ReadOnlySpan<byte> value)) return absent;
        if (Utf8Parser.TryParse(value, out double number, out int used) && used == value.Length && number >= 0 && double.IsFinite(number)) return number;
        Error ??= $"{System.Text.Encoding.ASCII.GetString(name)}: a number, 0 or more, is expected";
        return absent;
    }

    /// <summary>Text, percent-decoded; null when the parameter is not there.</summary>
    public readonly string? Text(ReadOnlySpan<byte> name)
    {
        if (!TryFind(name, out ReadOnlySpan<byte> value)) return null;
        var decoded = new byte[value.Length];
        int length = 0;
        for (int i = 0; i < value.Length; i++)
        {
            bool isEscape = value[i] == '%' && i + 2 < value.Length && char.IsAsciiHexDigit((char)value[i + 1]) && char.IsAsciiHexDigit((char)value[i + 2]);
            decoded[length++] = isEscape ? (byte)(Digit(value[i + 1]) << 4 | Digit(value[i + 2])) : value[i];
            if (isEscape) i += 2;
        }

        return System.Text.Encoding.UTF8.GetString(decoded, 0, length);
    }

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;

    private readonly bool TryFind(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> rest = _query;
        while (!rest.IsEmpty)
        {
            int ampersand = rest.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = ampersand < 0 ? rest : rest[..ampersand];
            rest = ampersand < 0 ? default : rest[(ampersand + 1)..];
            int equals = pair.IndexOf((byte)'=');
            if ((equals < 0 ? pair : pair[..equals]).SequenceEqual(name))
            {
                value = equals < 0 ? default : pair[(equals + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }
}
