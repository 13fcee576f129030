using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>The limit on huge pages of one size.</summary>
public sealed record HugepageLimitSpec
{
    /// <summary>The size, as <c>2MB</c>.</summary>
    public string PageSize { get; set => field = value ?? ""; } = "";

    /// <summary>Bytes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Limit { get; init; }
}
