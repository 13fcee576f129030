using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>One resource limit (setrlimit(2)).</summary>
public sealed record RlimitSpec
{
    /// <summary>The native name, RLIMIT_NOFILE for one.</summary>
    public string Type { get; set => field = value ?? ""; } = "";

    /// <summary>What is enforced.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Soft { get; init; }

    /// <summary>What the soft limit can be raised to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Hard { get; init; }
}
