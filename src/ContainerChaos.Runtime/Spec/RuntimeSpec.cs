namespace ContainerChaos.Runtime;

/// <summary>A container as the OCI runtime-spec describes it (config.json).</summary>
/// <remarks>
/// Properties with a default are settable, not init-only: the JSON source generator gives an init-only property that is
/// absent from the document null, and its default is lost.
/// </remarks>
public sealed record RuntimeSpec
{
    /// <summary>The version of the specification it follows.</summary>
    public string OciVersion { get; set; } = "1.2.0";

    /// <summary>The command and its identity.</summary>
    public ProcessSpec? Process { get; init; }

    /// <summary>The root file system.</summary>
    public RootSpec? Root { get; init; }

    /// <summary>The name in the UTS namespace.</summary>
    public string? Hostname { get; init; }

    /// <summary>The NIS domain name in the UTS namespace.</summary>
    public string? Domainname { get; init; }

    /// <summary>What is mounted in the root, in order.</summary>
    public IReadOnlyList<MountSpec> Mounts { get; set; } = [];

    /// <summary>Free-form notes.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Namespaces, limits and paths.</summary>
    public LinuxSpec? Linux { get; init; }
}
