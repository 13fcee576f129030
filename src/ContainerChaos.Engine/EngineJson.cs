using System.Text.Json.Serialization;

namespace ContainerChaos.Engine;

/// <summary>Source-generated JSON of the engine's own files: no reflection, so the first call is as fast as the others.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageDocument))]
[JsonSerializable(typeof(SeccompProfile))]
internal sealed partial class EngineJson : JsonSerializerContext;
