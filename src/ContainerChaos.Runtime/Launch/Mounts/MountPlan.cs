using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>What the mounts of a container depend on.</summary>
/// <param name="Spec">The container.</param>
/// <param name="Options">How it is started.</param>
/// <param name="Namespaces">Its namespaces.</param>
/// <param name="Cgroup">Its control group.</param>
/// <param name="Inputs">Where descriptors go that only the parent may open.</param>
internal sealed record MountPlan(RuntimeSpec Spec, LaunchOptions Options, NamespaceSteps Namespaces, Cgroup Cgroup, LaunchInputs Inputs)
{
    /// <summary>What only Linux has.</summary>
    internal LinuxSpec Linux { get; } = Spec.Linux ?? new LinuxSpec();

    /// <summary>The root's directory on the host, without symbolic links.</summary>
    internal string RootPath { get; } = ContainerRoot.Canonical(Options.RootPath);

    /// <summary>Whether the process is in the container already, where a source of a bind mount would be one of the container's.</summary>
    internal bool IsInside { get; init; }

    /// <summary>Flags that every mount gets beside its own.</summary>
    internal ulong ForcedAttributes(MountOptions options) => Options.WithoutDeviceNodes ? options.NoDevices : 0;
}
