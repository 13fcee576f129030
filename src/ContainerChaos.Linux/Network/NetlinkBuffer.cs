namespace ContainerChaos.Linux;

/// <summary>
/// What a netlink socket's answers are read into: one buffer a thread, since a socket that is open for three messages must not cost a garbage
/// collection.
/// </summary>
internal static class NetlinkBuffer
{
    /// <summary>More than the kernel puts into one answer (netlink(7): 32 KB at most of a list).</summary>
    private const int Size = 64 * 1024;

    [ThreadStatic]
    private static byte[]? t_bytes;

    /// <summary>This thread's; what was read is to be dealt with before the next message is sent.</summary>
    internal static byte[] Bytes => t_bytes ??= GC.AllocateUninitializedArray<byte>(Size);
}
