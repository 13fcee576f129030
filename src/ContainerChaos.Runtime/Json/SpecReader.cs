using System.Globalization;
using System.Text.Json;

namespace ContainerChaos.Runtime;

/// <summary>
/// Reads a specification, or another document of ours, straight off its tokens. The serializer's metadata for fifty types costs 5 ms of every
/// call in a trimmed executable; this costs next to nothing, and tells of a value that does not fit by its path and what belongs there.
/// </summary>
/// <remarks>Each of the methods that read a value throws a <see cref="ContainerException"/> with <see cref="ErrorReason.InvalidArgument"/> when another kind of value is there.</remarks>
public ref struct SpecReader
{
    private readonly ReadOnlySpan<byte> _document;
    private readonly string _file;
    private readonly bool _takesNull;
    private Utf8JsonReader _json;

    private SpecReader(ReadOnlySpan<byte> document, string file, bool takesNull)
    {
        _document = document;
        _file = file;
        _takesNull = takesNull;
        _json = new Utf8JsonReader(document);
    }

    /// <summary>Reads the properties of one object, which has begun.</summary>
    public delegate T Reading<out T>(ref SpecReader reader);

    /// <summary>Reads a document that is one object.</summary>
    /// <param name="document">The text, UTF-8.</param>
    /// <param name="file">Where it comes from, for messages.</param>
    /// <param name="read">Reads the object.</param>
    /// <param name="takesNull">Whether a string may hold a null character: of what the kernel never gets.</param>
    /// <exception cref="ContainerException"><see cref="ErrorReason.InvalidArgument"/>, with the file and the field's path.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> document, string file, Reading<T> read, bool takesNull = false)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(read);
        var reader = new SpecReader(document, file, takesNull);
        try
        {
            reader._json.Read();
            var value = reader.Object(read) ?? throw reader.Expected("an object");
            // Whatever follows is an error of the reader's.
            reader._json.Read();
            return value;
        }
        catch (JsonException e)
        {
            var truncated = document[(int)reader._json.BytesConsumed..].TrimEnd(" \t\r\n"u8).IsEmpty;
            throw reader.NotJson($"{(truncated ? "it is empty or ends too early" : "a syntax error")} at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", e);
        }
        catch (InvalidOperationException e)
        {
            throw reader.NotJson($"a string is not valid Unicode at byte {reader._json.TokenStartIndex + 1}", e);
        }
    }

    /// <summary>Goes to the next property's value; false at the end of the object. The name is the specification's, in whatever case it was written.</summary>
    public bool Next(out string name)
    {
        var any = NextKey(out name);
        name = SpecNames.Of(name);
        return any;
    }

    /// <summary>The same where the names are not the specification's, and are taken as they are.</summary>
    public bool NextKey(out string name)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.EndObject)
        {
            name = "";
            return false;
        }
        name = String();
        _json.Read();
        return true;
    }

    /// <summary>Leaves out a property that the specification does not have (runtime-spec, config: Extensibility).</summary>
    public T Skip<T>(T spec)
    {
        _json.Skip();
        return spec;
    }

    /// <summary>Reads an object; null for null.</summary>
    public T? Object<T>(Reading<T> read)
        where T : class
    {
        if (_json.TokenType == JsonTokenType.Null)
            return null;
        Require(JsonTokenType.StartObject, "an object");
        return read(ref this);
    }

    /// <summary>Reads a list of objects; null for null.</summary>
    public IReadOnlyList<T>? List<T>(Reading<T> read)
        where T : class
    {
        if (_json.TokenType == JsonTokenType.Null)
            return null;
        Require(JsonTokenType.StartArray, "a list");
        var list = new List<T>();
        while (NextItem())
            list.Add(Object(read)!);
        return list;
    }

    /// <summary>Reads a list of strings; null for null.</summary>
    public IReadOnlyList<string>? Texts()
    {
        if (_json.TokenType == JsonTokenType.Null)
            return null;
        Require(JsonTokenType.StartArray, "a list");
        var list = new List<string>();
        while (NextItem())
            list.Add(Text()!);
        return list;
    }

    internal IReadOnlyList<uint>? Numbers()
    {
        if (_json.TokenType == JsonTokenType.Null)
            return null;
        Require(JsonTokenType.StartArray, "a list");
        var list = new List<uint>();
        while (NextItem())
            list.Add(UInt32() ?? throw Expected($"a whole number from 0 to {uint.MaxValue}"));
        return list;
    }

    internal IReadOnlyDictionary<string, T>? Map<T>(Reading<T> read)
        where T : class
    {
        if (_json.TokenType == JsonTokenType.Null)
            return null;
        Require(JsonTokenType.StartObject, "an object");
        var map = new Dictionary<string, T>(StringComparer.Ordinal);
        while (NextKey(out var name))
            map[name] = Object(read)!;
        return map;
    }

    /// <summary>Reads an object whose values are strings; null for null.</summary>
    public IReadOnlyDictionary<string, string>? TextMap()
    {
        if (_json.TokenType == JsonTokenType.Null)
            return null;
        Require(JsonTokenType.StartObject, "an object");
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        while (NextKey(out var name))
            map[name] = Text()!;
        return map;
    }

    internal IReadOnlyDictionary<string, int>? NumberMap()
    {
        if (_json.TokenType == JsonTokenType.Null)
            return null;
        Require(JsonTokenType.StartObject, "an object");
        var map = new Dictionary<string, int>(StringComparer.Ordinal);
        while (NextKey(out var name))
            map[name] = Int32() ?? throw Expected("a whole number");
        return map;
    }

    /// <summary>Reads a time, as RFC 3339 has it.</summary>
    public DateTimeOffset Time() => _json.TokenType == JsonTokenType.String && _json.TryGetDateTimeOffset(out var time) ? time : throw Expected("a time");

    /// <summary>Reads a string; null for null.</summary>
    public string? Text()
    {
        if (_json.TokenType == JsonTokenType.Null)
            return null;
        Require(JsonTokenType.String, "a string");
        return String();
    }

    /// <summary>Reads true or false; null for null.</summary>
    public bool? Boolean() => _json.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Expected("true or false"),
    };

    internal ushort? UInt16() => IsNumber() switch
    {
        null => null,
        true when _json.TryGetUInt16(out var number) => number,
        _ => throw Expected($"a whole number from 0 to {ushort.MaxValue}"),
    };

    /// <summary>Reads a whole number of 32 bits without a sign; null for null.</summary>
    public uint? UInt32() => IsNumber() switch
    {
        null => null,
        true when _json.TryGetUInt32(out var number) => number,
        _ => throw Expected($"a whole number from 0 to {uint.MaxValue}"),
    };

    /// <summary>Reads a whole number of 64 bits without a sign; null for null.</summary>
    public ulong? UInt64() => IsNumber() switch
    {
        null => null,
        true when _json.TryGetUInt64(out var number) => number,
        _ => throw Expected($"a whole number from 0 to {ulong.MaxValue}"),
    };

    /// <summary>Reads a whole number of 32 bits; null for null.</summary>
    public int? Int32() => IsNumber() switch
    {
        null => null,
        true when _json.TryGetInt32(out var number) => number,
        _ => throw Expected($"a whole number from {int.MinValue} to {int.MaxValue}"),
    };

    /// <summary>Reads a whole number of 64 bits; null for null.</summary>
    public long? Int64() => IsNumber() switch
    {
        null => null,
        true when _json.TryGetInt64(out var number) => number,
        _ => throw Expected("a whole number of 64 bits"),
    };

    /// <summary>Reads a number; null for null.</summary>
    public double? Double() => IsNumber() switch
    {
        null => null,
        true when _json.TryGetDouble(out var number) => number,
        _ => throw Expected("a number"),
    };

    /// <summary>Reads a span of time, <c>[d.]hh:mm:ss[.fffffff]</c>.</summary>
    public TimeSpan Span() => TimeSpan.TryParseExact(Text(), "c", CultureInfo.InvariantCulture, out var span) ? span : throw Expected("a span of time");

    /// <summary>Reads one of some words.</summary>
    /// <param name="words">The words.</param>
    /// <returns>Its place among them.</returns>
    public int Choice(string[] words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var index = Array.IndexOf(words, Text());
        return index < 0 ? throw Expected($"one of {string.Join(", ", words)}") : index;
    }

    /// <summary>The error for a property that must be there and is not, told at the end of its object.</summary>
    /// <param name="name">The property.</param>
    public readonly ContainerException Missing(string name) => Error($"'{name}' is missing.");

    private readonly bool? IsNumber() => _json.TokenType == JsonTokenType.Null ? null : _json.TokenType == JsonTokenType.Number;

    private bool NextItem()
    {
        _json.Read();
        return _json.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>A null character would end the string early for the kernel, which would take what comes before it for the whole.</summary>
    private readonly string String()
    {
        var text = _json.GetString()!;
        return !_takesNull && text.Contains('\0') ? throw Error("it holds a null character.") : text;
    }

    private readonly void Require(JsonTokenType token, string kind)
    {
        if (_json.TokenType != token)
            throw Expected(kind);
    }

    private readonly ContainerException Expected(string kind) =>
        Error($"{kind} is expected there (line {_document[..(int)_json.TokenStartIndex].Count((byte)'\n') + 1}).");

    private readonly ContainerException Error(string what) =>
        new(ErrorReason.InvalidArgument, $"{_file}: {SpecPath.At(_document, _json.TokenStartIndex)}: {what}", _file);

    private readonly ContainerException NotJson(string why, Exception error) =>
        new(ErrorReason.InvalidArgument, $"{_file}: not JSON: {why}.", _file, error);
}
