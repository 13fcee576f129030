namespace ContainerChaos.Runtime;

/// <summary>A container as the OCI runtime-spec 1.3 describes it (config.json). Properties that it does not know are ignored.</summary>
/// <remarks>
/// Properties with a default are settable, not init-only: the JSON source generator gives an init-only property that is
/// absent from the document null, and its default is lost. Their setters take a null of the document for an absent property.
/// </remarks>
public sealed record RuntimeSpec
{
    /// <summary>The newest version of the specification that is understood, and every 1.x before it.</summary>
    public const string SupportedVersion = "1.3.0";

    /// <summary>The version of the specification it follows; required.</summary>
    public string OciVersion { get; set => field = value ?? ""; } = "";

    /// <summary>The command and its identity; a container without one can be created and not started.</summary>
    public ProcessSpec? Process { get; init; }

    /// <summary>The root file system.</summary>
    public RootSpec? Root { get; init; }

    /// <summary>The name in the UTS namespace.</summary>
    public string? Hostname { get; init; }

    /// <summary>The NIS domain name in the UTS namespace.</summary>
    public string? Domainname { get; init; }

    /// <summary>What is mounted in the root, in order.</summary>
    public IReadOnlyList<MountSpec> Mounts { get; set => field = value ?? []; } = [];

    /// <summary>Programs to run at points of the life cycle.</summary>
    public HooksSpec? Hooks { get; init; }

    /// <summary>Free-form notes.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Namespaces, limits and paths.</summary>
    public LinuxSpec? Linux { get; init; }
}
