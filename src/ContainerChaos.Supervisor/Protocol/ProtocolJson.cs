using System.Text.Json.Serialization;

namespace ContainerChaos.Supervisor;

/// <summary>Source-generated JSON of the control socket's messages.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MonitorRequest))]
[JsonSerializable(typeof(MonitorReply))]
internal sealed partial class ProtocolJson : JsonSerializerContext;
