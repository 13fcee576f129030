using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>Source-generated JSON of the log: an entry is one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LogEntry))]
internal sealed partial class LogJson : JsonSerializerContext;
