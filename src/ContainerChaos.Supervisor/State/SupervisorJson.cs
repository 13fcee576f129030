using System.Text.Json.Serialization;

namespace ContainerChaos.Supervisor;

/// <summary>Source-generated JSON of the supervisor's files and messages.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerDefinition))]
[JsonSerializable(typeof(ContainerState))]
[JsonSerializable(typeof(ContainerEvent))]
[JsonSerializable(typeof(ContainerNetworks))]
[JsonSerializable(typeof(NetworkDefinition))]
[JsonSerializable(typeof(VolumeDefinition))]
public sealed partial class SupervisorJson : JsonSerializerContext;
