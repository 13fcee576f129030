namespace ContainerChaos.Runtime;

/// <summary>What only Linux has (runtime-spec, config-linux).</summary>
public sealed record LinuxSpec
{
    /// <summary>New or joined namespaces.</summary>
    public IReadOnlyList<NamespaceSpec> Namespaces { get; set; } = [];

    /// <summary>The control group's path.</summary>
    public string? CgroupsPath { get; init; }

    /// <summary>Limits.</summary>
    public ResourcesSpec? Resources { get; init; }

    /// <summary>Kernel parameters of the new namespaces.</summary>
    public IReadOnlyDictionary<string, string>? Sysctl { get; init; }

    /// <summary>Mount propagation of the root: private, slave, shared or unbindable.</summary>
    public string? RootfsPropagation { get; init; }

    /// <summary>Paths that read as empty.</summary>
    public IReadOnlyList<string> MaskedPaths { get; set; } = [];

    /// <summary>Paths that can't be written.</summary>
    public IReadOnlyList<string> ReadonlyPaths { get; set; } = [];
}
