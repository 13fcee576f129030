using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ContainerChaos.Engine;

/// <summary>One record of a json-file log, as Docker writes it: <c>{"log":"text\n","stream":"stdout","time":"…Z"}</c>.</summary>
internal static class LogRecord
{
    /// <summary>Reads a record; false for anything else, such as a line that a full disk cut off.</summary>
    /// <param name="line">One line of the file, without its newline.</param>
    /// <param name="entry">The record; its line still has the newline that ends it, unless it is a part of a long one.</param>
    public static bool TryParse(ReadOnlySpan<byte> line, [NotNullWhen(true)] out ContainerLogEntry? entry)
    {
        entry = null;
        string? text = null, stream = null;
        DateTimeOffset time = default;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("log"u8) && reader.Read())
                    text = reader.GetString();
                else if (reader.ValueTextEquals("stream"u8) && reader.Read())
                    stream = reader.ValueTextEquals("stdout"u8) ? "stdout" : reader.ValueTextEquals("stderr"u8) ? "stderr" : reader.GetString();
                else if (reader.ValueTextEquals("time"u8) && reader.Read())
                    time = reader.GetDateTimeOffset();
                else
                    reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }

        if (text is null || stream is null)
            return false;
        entry = new ContainerLogEntry(time, stream, text);
        return true;
    }
}
