namespace ContainerChaos.Engine;

/// <summary>One namespace of a container beside the host's of the same type.</summary>
/// <param name="Container">The container's name.</param>
/// <param name="Type">The name under <c>/proc/PID/ns</c>: <c>pid</c>, <c>mnt</c>, <c>uts</c>, <c>ipc</c>, <c>net</c>, <c>cgroup</c>, <c>user</c>, <c>time</c>.</param>
/// <param name="Inode">The inode that identifies the container's namespace (namespaces(7)).</param>
/// <param name="HostInode">The inode of the namespace that the engine itself is in.</param>
public sealed record ContainerNamespace(string Container, string Type, ulong Inode, ulong HostInode)
{
    /// <summary>True when container and host are in the same namespace, so that nothing of this type is isolated.</summary>
    public bool IsShared => Inode == HostInode;
}
