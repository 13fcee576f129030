using System.Globalization;
using System.Text;

namespace ContainerChaos.Engine;

/// <summary>The records of a pax extended header (pax(5), "pax Extended Header"): <c>LENGTH KEY=VALUE\n</c>.</summary>
internal sealed class PaxRecords
{
    private const string AttributePrefix = "SCHILY.xattr.";

    // Values stay bytes: an extended attribute is no text.
    private readonly SortedDictionary<string, byte[]> _values = new(StringComparer.Ordinal);

    public bool IsEmpty => _values.Count == 0;

    public bool IsSparse => _values.Keys.Any(key => key.StartsWith("GNU.sparse.", StringComparison.Ordinal));

    /// <summary>libarchive's and star's form of extended attributes.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> ExtendedAttributes =>
        [.. _values.Where(pair => pair.Key.StartsWith(AttributePrefix, StringComparison.Ordinal)).Select(pair => KeyValuePair.Create(pair.Key[AttributePrefix.Length..], pair.Value))];

    public static PaxRecords Parse(ReadOnlySpan<byte> data)
    {
        var records = new PaxRecords();
        while (!data.IsEmpty && data[0] != 0)
        {
            var space = data.IndexOf((byte)' ');
            if (space <= 0 || !int.TryParse(data[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length <= space + 1 || length > data.Length)
                throw Malformed();
            var record = data[(space + 1)..length];
            var equals = record.IndexOf((byte)'=');
            if (equals <= 0 || record[^1] != '\n')
                throw Malformed();
            records._values[Encoding.UTF8.GetString(record[..equals])] = record[(equals + 1)..^1].ToArray();
            data = data[length..];
        }

        return records;
    }

    public string? Text(string key) => _values.TryGetValue(key, out var value) && value.Length > 0 ? Encoding.UTF8.GetString(value) : null;

    public long? Number(string key) => Text(key) is not { } text ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw Malformed();

    /// <summary>A time in seconds with a fraction of any length.</summary>
    public (long Seconds, uint Nanoseconds)? Time(string key)
    {
        if (Text(key) is not { } text)
            return null;
        var point = text.IndexOf('.');
        var fraction = point < 0 ? "" : text[(point + 1)..];
        var digits = (fraction.Length > 9 ? fraction[..9] : fraction).PadRight(9, '0');
        if (!long.TryParse(point < 0 ? text : text[..point], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            || !uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var nanoseconds))
            throw Malformed();
        // Before 1970 the fraction counts downwards.
        return text[0] == '-' && nanoseconds > 0 ? (seconds - 1, 1_000_000_000 - nanoseconds) : (seconds, nanoseconds);
    }

    public void Set(string key, string value) => _values[key] = Encoding.UTF8.GetBytes(value);

    public void SetAttribute(string name, byte[] value) => _values[AttributePrefix + name] = value;

    /// <summary>The records in the order of their keys, so that equal ones are equal bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new MemoryStream();
        foreach (var (key, value) in _values)
        {
            var name = Encoding.UTF8.GetBytes(key);
            var rest = name.Length + value.Length + 3;
            // The length counts its own digits.
            var length = rest + 1;
            while (length != rest + Digits(length))
                length = rest + Digits(length);
            bytes.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{length} ")));
            bytes.Write(name);
            bytes.WriteByte((byte)'=');
            bytes.Write(value);
            bytes.WriteByte((byte)'\n');
        }

        return bytes.ToArray();
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;

    private static InvalidDataException Malformed() => new("an extended header is malformed");
}
