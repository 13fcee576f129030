namespace ContainerChaos.Linux;

/// <summary>One mounted version 1 hierarchy.</summary>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="Controllers">Its controllers, co-mounted ones together, as the mount options name them.</param>
public sealed record CgroupHierarchy(string MountPoint, IReadOnlyList<string> Controllers);
