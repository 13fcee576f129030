using ContainerChaos.Linux;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>A test that needs control groups which limit the input and output of disks.</summary>
public sealed class IoControllerFactAttribute : FactAttribute
{
    public IoControllerFactAttribute() => Skip = IsThere ? null : "this host's control groups have neither blkio with throttling (version 1, CONFIG_BLK_DEV_THROTTLING) nor io (version 2)";

    private static bool IsThere
    {
        get
        {
            MountInfo[] groups = [.. MountInfo.ReadSelf().Where(mount => mount.FileSystem is "cgroup" or "cgroup2")];
            return groups.Any(mount => mount.FileSystem == "cgroup"
                ? File.Exists(mount.MountPoint + "/blkio.throttle.read_bps_device")
                : File.ReadAllText(mount.MountPoint + "/cgroup.controllers").Split((char[]?)null).Contains("io"));
        }
    }
}
