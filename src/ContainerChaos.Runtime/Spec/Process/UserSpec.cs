using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>Who runs a process (runtime-spec, config: POSIX-platform User).</summary>
public sealed record UserSpec
{
    /// <summary>The user id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public uint Uid { get; init; }

    /// <summary>The group id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public uint Gid { get; init; }

    /// <summary>The file mode mask; null is 0022.</summary>
    public uint? Umask { get; init; }

    /// <summary>Supplementary groups.</summary>
    public IReadOnlyList<uint> AdditionalGids { get; set => field = value ?? []; } = [];
}
