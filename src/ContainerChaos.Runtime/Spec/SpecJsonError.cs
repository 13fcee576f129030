using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ContainerChaos.Runtime;

/// <summary>
/// What is wrong with a JSON document, in the words of the specification: the field's path, and what belongs there. The
/// serializer's own messages speak of .NET types, and are cut from a trimmed executable.
/// </summary>
internal static class SpecJsonError
{
    /// <summary>Turns the serializer's complaint into an error.</summary>
    internal static ContainerException Describe(JsonException error, ReadOnlySpan<byte> document, string file, JsonTypeInfo type)
    {
        if (SyntaxError(document) is { } syntax)
            return NotJson(file, syntax, error);
        var segments = Segments(error.Path ?? "$");
        var line = error.LineNumber is { } number ? $" (line {number + 1})" : "";
        return new ContainerException(
            ErrorReason.InvalidArgument, $"{file}: {Name(segments)}: {Expected(segments, type)} is expected there{line}.", file, error);
    }

    /// <summary>A null character in a string: the kernel would take what comes before it for the whole.</summary>
    internal static ContainerException? FindNullCharacter(ReadOnlySpan<byte> document, string file)
    {
        // In JSON it is always written as an escape.
        if (document.IndexOf("\\u0000"u8) < 0)
            return null;
        // What is ignored has not been decoded yet.
        if (SyntaxError(document) is { } syntax)
            return NotJson(file, syntax);
        var reader = new Utf8JsonReader(document);
        var path = new List<string>();
        var indices = new Stack<int>();
        while (reader.Read())
        {
            // What follows a name is its value; within a list, each value has the next number.
            if (reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject or JsonTokenType.PropertyName)
                && indices.TryPeek(out var index) && index >= 0)
            {
                indices.Pop();
                indices.Push(index + 1);
                path[^1] = $"[{index}]";
            }
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray or JsonTokenType.StartObject:
                    path.Add("");
                    indices.Push(reader.TokenType == JsonTokenType.StartArray ? 0 : -1);
                    break;
                case JsonTokenType.EndArray or JsonTokenType.EndObject:
                    path.RemoveAt(path.Count - 1);
                    indices.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    path[^1] = reader.GetString()!.Replace('\0', '?');
                    break;
            }
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && reader.GetString()!.Contains('\0'))
                return new ContainerException(ErrorReason.InvalidArgument, $"{file}: {Name(path)}: it holds a null character.", file);
        }
        return null;
    }

    private static ContainerException NotJson(string file, string why, Exception? error = null) =>
        new(ErrorReason.InvalidArgument, $"{file}: not JSON: {why}.", file, error);

    /// <summary>Why the document can't be read by any reader of JSON; null when it can.</summary>
    private static string? SyntaxError(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document);
        try
        {
            while (reader.Read())
            {
                // Strings are looked at when they are fetched.
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    reader.GetString();
            }
            return null;
        }
        catch (JsonException e)
        {
            var truncated = document[(int)reader.BytesConsumed..].TrimEnd(" \t\r\n"u8).IsEmpty;
            return $"{(truncated ? "it is empty or ends too early" : "a syntax error")} at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
        }
        catch (InvalidOperationException)
        {
            return $"a string is not valid Unicode at byte {reader.TokenStartIndex + 1}";
        }
    }

    /// <summary>The parts of a path as the serializer writes it: <c>$.linux.sysctl['net.core.somaxconn']</c>, <c>$.mounts[2].type</c>.</summary>
    private static List<string> Segments(string path)
    {
        var segments = new List<string>();
        for (var i = 1; i < path.Length;)
        {
            int end;
            if (path[i] == '.')
            {
                end = path.AsSpan(i + 1).IndexOfAny('.', '[');
                end = end < 0 ? path.Length : i + 1 + end;
                segments.Add(path[(i + 1)..end]);
            }
            else if (path.AsSpan(i).StartsWith("['"))
            {
                end = path.IndexOf("']", i + 2, StringComparison.Ordinal);
                end = end < 0 ? path.Length : end;
                segments.Add(path[Math.Min(i + 2, end)..end]);
                end = Math.Min(end + 2, path.Length);
            }
            else
            {
                end = path.IndexOf(']', i) + 1;
                end = end == 0 ? path.Length : end;
                segments.Add(path[i..end]);
            }
            i = end;
        }
        return segments;
    }

    private static string Name(List<string> segments)
    {
        if (segments.Count == 0)
            return "the document";
        var name = new StringBuilder();
        foreach (var segment in segments)
            name.Append(name.Length > 0 && !segment.StartsWith('[') ? "." : "").Append(segment);
        return name.ToString();
    }

    private static string Expected(List<string> segments, JsonTypeInfo document)
    {
        var type = document.Type;
        foreach (var segment in segments)
        {
            if (type.GenericTypeArguments is [.., var element] && Nullable.GetUnderlyingType(type) is null)
                type = element;
            else if (document.Options.TryGetTypeInfo(type, out var info) && info.Properties.FirstOrDefault(p => p.Name == segment) is { } property)
                type = property.PropertyType;
            else
                return "something else";
        }
        return Describe(Nullable.GetUnderlyingType(type) ?? type);
    }

    private static string Describe(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.String => "a string",
        TypeCode.Boolean => "true or false",
        TypeCode.UInt16 => "a whole number from 0 to 65535",
        TypeCode.UInt32 => "a whole number from 0 to 4294967295",
        TypeCode.UInt64 => "a whole number from 0 to 18446744073709551615",
        TypeCode.Int32 => "a whole number from -2147483648 to 2147483647",
        TypeCode.Int64 => "a whole number of 64 bits",
        _ when type.GenericTypeArguments is [_] => "a list",
        _ => "an object",
    };
}
