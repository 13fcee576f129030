using System.Text.Json.Serialization;

namespace ContainerChaos.Supervisor;

/// <summary>Source-generated JSON of the ledger's files.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(FaultRecord))]
[JsonSerializable(typeof(WatchdogMessage))]
[JsonSerializable(typeof(FaultPointRequest))]
internal sealed partial class FaultJson : JsonSerializerContext;
