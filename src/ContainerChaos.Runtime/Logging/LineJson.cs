using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>Source-generated JSON of what is one line: an entry of the log, the list of containers, names in a field.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogEntry))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(IReadOnlyList<StateDocument>))]
internal sealed partial class LineJson : JsonSerializerContext;
