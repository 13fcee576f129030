using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>Source-generated JSON of what the OCI command line keeps and prints.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ContainerRecord))]
[JsonSerializable(typeof(StateDocument))]
[JsonSerializable(typeof(IReadOnlyList<int>))]
internal sealed partial class StateJson : JsonSerializerContext;
