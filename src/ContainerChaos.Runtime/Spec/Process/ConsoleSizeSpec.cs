using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>The size of a terminal in characters.</summary>
public sealed record ConsoleSizeSpec
{
    /// <summary>Rows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Height { get; init; }

    /// <summary>Columns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Width { get; init; }
}
