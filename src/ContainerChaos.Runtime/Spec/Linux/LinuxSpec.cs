namespace ContainerChaos.Runtime;

/// <summary>What only Linux has (runtime-spec, config-linux).</summary>
public sealed record LinuxSpec
{
    /// <summary>The users of a new user namespace.</summary>
    public IReadOnlyList<IdMappingSpec> UidMappings { get; set => field = value ?? []; } = [];

    /// <summary>The groups of a new user namespace.</summary>
    public IReadOnlyList<IdMappingSpec> GidMappings { get; set => field = value ?? []; } = [];

    /// <summary>The clocks of a new time namespace: monotonic, boottime.</summary>
    public IReadOnlyDictionary<string, TimeOffsetSpec>? TimeOffsets { get; init; }

    /// <summary>New or joined namespaces.</summary>
    public IReadOnlyList<NamespaceSpec> Namespaces { get; set => field = value ?? []; } = [];

    /// <summary>Device nodes in the container.</summary>
    public IReadOnlyList<DeviceSpec> Devices { get; set => field = value ?? []; } = [];

    /// <summary>Interfaces of the host that move into the container, by their name on the host.</summary>
    public IReadOnlyDictionary<string, NetDeviceSpec>? NetDevices { get; init; }

    /// <summary>The control group's path.</summary>
    public string? CgroupsPath { get; init; }

    /// <summary>Limits.</summary>
    public ResourcesSpec? Resources { get; init; }

    /// <summary>Kernel parameters of the new namespaces.</summary>
    public IReadOnlyDictionary<string, string>? Sysctl { get; init; }

    /// <summary>Which system calls are allowed.</summary>
    public SeccompSpec? Seccomp { get; init; }

    /// <summary>Mount propagation of the root: private, slave, shared or unbindable.</summary>
    public string? RootfsPropagation { get; init; }

    /// <summary>Paths that read as empty.</summary>
    public IReadOnlyList<string> MaskedPaths { get; set => field = value ?? []; } = [];

    /// <summary>Paths that can't be written.</summary>
    public IReadOnlyList<string> ReadonlyPaths { get; set => field = value ?? []; } = [];

    /// <summary>The SELinux context of the container's mounts.</summary>
    public string? MountLabel { get; init; }

    /// <summary>Cache and memory bandwidth allocation.</summary>
    public IntelRdtSpec? IntelRdt { get; init; }

    /// <summary>The execution domain.</summary>
    public PersonalitySpec? Personality { get; init; }

    /// <summary>From which NUMA nodes memory is taken.</summary>
    public MemoryPolicySpec? MemoryPolicy { get; init; }
}
