namespace ContainerChaos.Linux;

/// <summary>How a host has its control groups mounted (cgroups(7)).</summary>
public enum CgroupMode
{
    /// <summary>Version 1 hierarchies only.</summary>
    V1,

    /// <summary>Version 1 hierarchies, and a version 2 one beside them with the rest of the controllers or none.</summary>
    Hybrid,

    /// <summary>The unified version 2 hierarchy alone.</summary>
    V2,
}
