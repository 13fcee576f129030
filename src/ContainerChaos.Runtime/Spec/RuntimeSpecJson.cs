using System.Text.Json;
using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>Source-generated JSON of the runtime-spec.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(RuntimeSpec))]
public sealed partial class RuntimeSpecJson : JsonSerializerContext
{
    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <exception cref="ContainerException">It is missing or not a runtime-spec (<see cref="ErrorReason.InvalidArgument"/>).</exception>
    public static RuntimeSpec Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), Default.RuntimeSpec)
                ?? throw new JsonException("the document is null");
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new ContainerException(ErrorReason.InvalidArgument, $"{path} is not a runtime-spec: {e.Message}", path, e);
        }
    }
}
