namespace ContainerChaos.Runtime;

/// <summary>The options of a mount, sorted into what each kernel call takes (mount(8), mount_setattr(2)).</summary>
internal sealed class MountOptions
{
    internal const ulong MOUNT_ATTR_RDONLY = 0x1, MOUNT_ATTR_NOSUID = 0x2, MOUNT_ATTR_NODEV = 0x4, MOUNT_ATTR_NOEXEC = 0x8,
        MOUNT_ATTR_NOATIME = 0x10, MOUNT_ATTR_STRICTATIME = 0x20, MOUNT_ATTR_NODIRATIME = 0x80, MOUNT_ATTR_ATIME = 0x70;

    private static readonly Dictionary<string, ulong> Attributes = new(StringComparer.Ordinal)
    {
        ["ro"] = MOUNT_ATTR_RDONLY,
        ["nosuid"] = MOUNT_ATTR_NOSUID,
        ["nodev"] = MOUNT_ATTR_NODEV,
        ["noexec"] = MOUNT_ATTR_NOEXEC,
        ["noatime"] = MOUNT_ATTR_NOATIME,
        ["strictatime"] = MOUNT_ATTR_STRICTATIME,
        ["nodiratime"] = MOUNT_ATTR_NODIRATIME,
    };

    private static readonly Dictionary<string, ulong> Cleared = new(StringComparer.Ordinal)
    {
        ["rw"] = MOUNT_ATTR_RDONLY,
        ["suid"] = MOUNT_ATTR_NOSUID,
        ["dev"] = MOUNT_ATTR_NODEV,
        ["exec"] = MOUNT_ATTR_NOEXEC,
        ["relatime"] = MOUNT_ATTR_ATIME,
        ["atime"] = MOUNT_ATTR_ATIME,
        ["diratime"] = MOUNT_ATTR_NODIRATIME,
        ["defaults"] = 0,
    };

    private static readonly Dictionary<string, ulong> Propagations = new(StringComparer.Ordinal)
    {
        ["private"] = MS_PRIVATE,
        ["rprivate"] = MS_PRIVATE,
        ["slave"] = MS_SLAVE,
        ["rslave"] = MS_SLAVE,
        ["shared"] = MS_SHARED,
        ["rshared"] = MS_SHARED,
        ["unbindable"] = MS_UNBINDABLE,
        ["runbindable"] = MS_UNBINDABLE,
    };

    internal const ulong MS_UNBINDABLE = 1 << 17, MS_PRIVATE = 1 << 18, MS_SLAVE = 1 << 19, MS_SHARED = 1 << 20;

    /// <summary>The MOUNT_ATTR flags to set.</summary>
    internal ulong Set { get; private set; }

    /// <summary>The MOUNT_ATTR flags to clear.</summary>
    internal ulong Clear { get; private set; }

    /// <summary>The propagation, or 0 to leave it private.</summary>
    internal ulong Propagation { get; private set; }

    /// <summary>Whether it is a bind mount.</summary>
    internal bool IsBind { get; private set; }

    /// <summary>Whether a bind mount brings along what is mounted below it.</summary>
    internal bool IsRecursive { get; private set; }

    /// <summary>What only the file system itself understands: <c>size=65536k</c>, <c>newinstance</c>.</summary>
    internal List<(string Key, string? Value)> Data { get; } = [];

    /// <summary>The same, and no device node in it opens a device, unless <c>dev</c> was asked for.</summary>
    internal MountOptions WithoutDevices()
    {
        if ((Clear & MOUNT_ATTR_NODEV) == 0)
            Set |= MOUNT_ATTR_NODEV;
        return this;
    }

    internal static MountOptions Parse(MountSpec mount)
    {
        var options = new MountOptions { IsBind = mount.Type is "bind" };
        foreach (var option in mount.Options)
        {
            if (option is "bind" or "rbind")
            {
                options.IsBind = true;
                options.IsRecursive |= option == "rbind";
            }
            else if (Attributes.TryGetValue(option, out var set))
            {
                options.Set |= set;
                options.Clear &= ~set;
            }
            else if (Cleared.TryGetValue(option, out var clear))
            {
                options.Clear |= clear;
                options.Set &= ~clear;
            }
            else if (Propagations.TryGetValue(option, out var propagation))
            {
                options.Propagation = propagation;
            }
            else
            {
                options.Data.Add(option.Split('=', 2) is [var key, var value] ? (key, value) : (option, null));
            }
        }
        return options;
    }
}
