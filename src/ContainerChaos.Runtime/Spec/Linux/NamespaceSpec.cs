namespace ContainerChaos.Runtime;

/// <summary>One namespace (runtime-spec, config-linux: Namespaces).</summary>
public sealed record NamespaceSpec
{
    /// <summary>pid, network, mount, ipc, uts, user, cgroup or time.</summary>
    public string Type { get; set => field = value ?? ""; } = "";

    /// <summary>An existing one to join; null makes a new one.</summary>
    public string? Path { get; init; }
}
