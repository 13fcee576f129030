using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Source-generated JSON of the image formats.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OciManifest))]
[JsonSerializable(typeof(OciImageConfig))]
[JsonSerializable(typeof(DockerArchiveEntry[]))]
internal sealed partial class OciJson : JsonSerializerContext
{
    /// <summary>Reads a document.</summary>
    /// <param name="bytes">The JSON.</param>
    /// <param name="type">What it must be.</param>
    /// <param name="what">What error messages call it.</param>
    /// <param name="source">Where it is from.</param>
    /// <exception cref="ContainerException">InvalidImage.</exception>
    public static T Read<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type, string what, string source)
        where T : class
    {
        try
        {
            if (JsonSerializer.Deserialize(bytes, type) is { } value)
                return value;
            throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new ContainerException(ErrorReason.InvalidImage, $"Cannot import '{source}': {what} is no valid document ({e.Message.TrimEnd('.')}).", source, e)
            {
                Remedy = "Have it written again by the tool that it is from.",
            };
        }
    }
}
