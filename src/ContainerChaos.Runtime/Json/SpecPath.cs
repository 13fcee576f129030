using System.Text;
using System.Text.Json;

namespace ContainerChaos.Runtime;

/// <summary>The path of a place in a JSON document, looked for only when there is an error to tell: <c>mounts[2].type</c>.</summary>
internal static class SpecPath
{
    /// <summary>The path of the token that begins at an offset.</summary>
    internal static string At(ReadOnlySpan<byte> document, long offset)
    {
        var reader = new Utf8JsonReader(document);
        var path = new List<string>();
        // For each list or object that has begun: the number of its next item, or -1.
        var items = new Stack<int>();
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject or JsonTokenType.PropertyName)
                && items.TryPeek(out var item) && item >= 0)
            {
                items.Pop();
                items.Push(item + 1);
                path[^1] = $"[{item}]";
            }
            if (reader.TokenType == JsonTokenType.PropertyName)
                path[^1] = reader.GetString()!.Replace('\0', '?');
            if (reader.TokenStartIndex >= offset)
                break;
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                path.Add("");
                items.Push(reader.TokenType == JsonTokenType.StartArray ? 0 : -1);
            }
            else if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
            {
                path.RemoveAt(path.Count - 1);
                items.Pop();
            }
        }

        if (path.Count == 0)
            return "the document";
        var name = new StringBuilder();
        foreach (var part in path)
            name.Append(name.Length > 0 && !part.StartsWith('[') ? "." : "").Append(part);
        return name.ToString();
    }
}
