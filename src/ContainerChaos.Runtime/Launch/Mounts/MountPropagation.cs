namespace ContainerChaos.Runtime;

/// <summary>How a mount shares what is mounted below it (mount_namespaces(7), Shared subtrees).</summary>
/// <param name="Type">MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE.</param>
/// <param name="IsRecursive">Whether the mounts below get it as well.</param>
internal readonly record struct MountPropagation(int Type, bool IsRecursive)
{
    /// <summary>As mount(2) takes it.</summary>
    internal int Flags => Type | (IsRecursive ? MountFlags.MS_REC : 0);
}
