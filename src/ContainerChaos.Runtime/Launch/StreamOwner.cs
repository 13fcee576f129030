using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Gives the pipes on a process's standard streams to its user, who then may open /dev/stdout and the like by name.</summary>
/// <remarks>A file, a terminal or a device of the caller's keeps its owner.</remarks>
internal static class StreamOwner
{
    /// <param name="streams">The streams.</param>
    /// <param name="user">Who runs the process, as its user namespace knows them.</param>
    /// <param name="linux">The maps of that namespace.</param>
    internal static void Give(LaunchStreams streams, UserSpec user, LinuxSpec? linux)
    {
        if (user.Uid == 0 && user.Gid == 0 && linux is not { UidMappings.Count: > 0 })
            return;
        if (OnHost(user.Uid, linux?.UidMappings) is not { } uid || OnHost(user.Gid, linux?.GidMappings) is not { } gid)
            return;
        foreach (var stream in (ReadOnlySpan<FileDescriptor>)[streams.Input, streams.Output, streams.Error])
        {
            try
            {
                if (FileStatus.Read(stream).Kind == FileKind.Fifo)
                    stream.SetOwner(uid, gid);
            }
            catch (ErrnoException e) when (e.Errno is Errno.EPERM or Errno.EBADF or Errno.EINVAL)
            {
                // An ordinary user's own pipes stay theirs, and a closed stream has no owner.
            }
        }
    }

    private static uint? OnHost(uint id, IReadOnlyList<IdMappingSpec>? mappings)
    {
        if (mappings is not { Count: > 0 })
            return id;
        var range = mappings.FirstOrDefault(m => id >= m.ContainerID && id - m.ContainerID < m.Size);
        return range is null ? null : range.HostID + (id - range.ContainerID);
    }
}
