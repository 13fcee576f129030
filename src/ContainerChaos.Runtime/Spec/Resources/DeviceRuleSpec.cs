using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>Whether some devices may be used.</summary>
public sealed record DeviceRuleSpec
{
    /// <summary>Yes or no.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Allow { get; init; }

    /// <summary>a (all), b (block) or c (character); null is all.</summary>
    public string? Type { get; init; }

    /// <summary>The major number; null is any.</summary>
    public long? Major { get; init; }

    /// <summary>The minor number; null is any.</summary>
    public long? Minor { get; init; }

    /// <summary>Any of r (read), w (write) and m (mknod).</summary>
    public string? Access { get; init; }
}
