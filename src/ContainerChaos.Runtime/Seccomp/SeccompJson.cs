using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>Source-generated JSON of what goes to a seccomp agent.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SeccompProcessState))]
internal sealed partial class SeccompJson : JsonSerializerContext;
