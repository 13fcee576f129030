namespace ContainerChaos.Runtime;

/// <summary>One resource limit (setrlimit(2)).</summary>
public sealed record RlimitSpec
{
    /// <summary>The native name, RLIMIT_NOFILE for one.</summary>
    public string Type { get; set; } = "";

    /// <summary>What is enforced.</summary>
    public ulong Soft { get; init; }

    /// <summary>What the soft limit can be raised to.</summary>
    public ulong Hard { get; init; }
}
