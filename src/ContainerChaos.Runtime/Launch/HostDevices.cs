using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The host's device nodes, as devices of a container.</summary>
public static class HostDevices
{
    // Every container has its own of these, or they are no devices (opencontainers/runc, libcontainer/devices).
    private static readonly string[] s_skippedDirectories = ["pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev"];

    /// <summary>All that are below a directory, but for those that every container has its own of.</summary>
    /// <param name="directory">Such as <c>/dev</c>.</param>
    /// <param name="destination">Where the directory is in the container.</param>
    public static IReadOnlyList<DeviceSpec> List(string directory, string destination)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(destination);
        var found = new List<DeviceSpec>();
        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true }))
        {
            var inside = $"{destination.TrimEnd('/')}/{entry.Name}";
            if (entry is DirectoryInfo { LinkTarget: null })
            {
                if (!s_skippedDirectories.Contains(entry.Name))
                    found.AddRange(List(entry.FullName, inside));
            }
            else if (entry.Name != "console" && TryRead(entry.FullName, inside) is { } device)
            {
                found.Add(device);
            }
        }
        return found;
    }

    /// <summary>One of them; null when the path is no character or block device, or nothing.</summary>
    /// <param name="path">The node; a symbolic link is not followed.</param>
    /// <param name="destination">Where it is in the container.</param>
    public static DeviceSpec? TryRead(string path, string destination)
    {
        if (!FileStatus.TryRead(path, out var status) || status.Kind is not (FileKind.CharacterDevice or FileKind.BlockDevice))
            return null;
        return new DeviceSpec
        {
            Path = destination,
            Type = status.Kind == FileKind.BlockDevice ? "b" : "c",
            Major = status.DeviceMajor,
            Minor = status.DeviceMinor,
            FileMode = status.Mode & 0x1FF,
            Uid = status.UserId,
            Gid = status.GroupId,
        };
    }
}
