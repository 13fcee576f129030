using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>A condition on one argument of a system call.</summary>
public sealed record SeccompArgumentSpec
{
    /// <summary>Which argument, from 0 to 5.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public uint Index { get; init; }

    /// <summary>What it is compared with; for SCMP_CMP_MASKED_EQ the mask.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Value { get; init; }

    /// <summary>For SCMP_CMP_MASKED_EQ, what the masked argument is compared with.</summary>
    public ulong ValueTwo { get; init; }

    /// <summary>How, as SCMP_CMP_EQ.</summary>
    public string Op { get; set => field = value ?? ""; } = "";
}
