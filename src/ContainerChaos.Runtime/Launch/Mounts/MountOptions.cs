using static ContainerChaos.Runtime.MountFlags;

namespace ContainerChaos.Runtime;

/// <summary>The options of a mount, sorted into what each kernel call takes (mount(8), mount_setattr(2)).</summary>
internal sealed class MountOptions
{
    private const int OfTheCall = MS_BIND | MS_REC | MS_REMOUNT;

    // mount_setattr(2) has no word for those of the file system.
    private static readonly (int Flag, ulong Attribute)[] Attributes =
    [
        (MS_RDONLY, MOUNT_ATTR_RDONLY), (MS_NOSUID, MOUNT_ATTR_NOSUID), (MS_NODEV, MOUNT_ATTR_NODEV), (MS_NOEXEC, MOUNT_ATTR_NOEXEC),
        (MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW),
    ];

    // fsconfig(2) knows these for every file system (vfs_parse_sb_flag).
    private static readonly (int Flag, string Name)[] OfFileSystem =
        [(MS_SYNCHRONOUS, "sync"), (MS_DIRSYNC, "dirsync"), (MS_LAZYTIME, "lazytime"), (MS_MANDLOCK, "mand")];

    /// <summary>The flags that were asked for, as mount(2) takes them.</summary>
    internal int Flags { get; private set; }

    /// <summary>The flags that were asked to be away.</summary>
    internal int Cleared { get; private set; }

    /// <summary>The MOUNT_ATTR flags to set on the mount and all below it.</summary>
    internal ulong RecursiveSet { get; private set; }

    /// <summary>The MOUNT_ATTR flags to clear on the mount and all below it.</summary>
    internal ulong RecursiveClear { get; private set; }

    /// <summary>Changes of the propagation, in order.</summary>
    internal List<MountPropagation> Propagations { get; } = [];

    /// <summary>What only the file system itself understands: <c>size=65536k</c>, <c>newinstance</c>.</summary>
    internal List<(string Key, string? Value)> Data { get; } = [];

    /// <summary>Whether it is a bind mount.</summary>
    internal bool IsBind { get; private set; }

    /// <summary>Whether a bind mount brings along what is mounted below it.</summary>
    internal bool IsRecursive => (Flags & MS_REC) != 0;

    /// <summary>Whether the mount is there already and is only changed.</summary>
    internal bool IsRemount => (Flags & MS_REMOUNT) != 0;

    /// <summary>Whether nothing can be written through it.</summary>
    internal bool IsReadOnly => (Flags & MS_RDONLY) != 0;

    /// <summary>Whether a tmpfs begins with what its place holds (runc, <c>tmpcopyup</c>).</summary>
    internal bool CopiesUp { get; private set; }

    /// <summary>Whether a source that is a symbolic link is made again instead of mounted (crun, <c>copy-symlink</c>).</summary>
    internal bool CopiesSymbolicLink { get; private set; }

    /// <summary>Whether a source that is a symbolic link is mounted itself (crun, <c>src-nofollow</c>).</summary>
    internal bool MountsSymbolicLink { get; private set; }

    /// <summary>Whether a destination that is a symbolic link is mounted on itself (crun, <c>dest-nofollow</c>).</summary>
    internal bool MountsOnSymbolicLink { get; private set; }

    /// <summary>How owners are mapped by <c>idmap</c> or <c>ridmap</c>: what follows the equals sign, or nothing for the container's own maps; null without that option.</summary>
    internal string? IdMap { get; private set; }

    /// <summary>Whether the mapping holds for the mounts below as well.</summary>
    internal bool IsIdMapRecursive { get; private set; }

    /// <summary>Whether any flag was asked for, or asked away. Otherwise a bind mount keeps those of its source.</summary>
    internal bool HasFlags => (Flags & ~OfTheCall) != 0 || Cleared != 0;

    /// <summary>The MOUNT_ATTR flags of a new file system's mount.</summary>
    internal ulong NewAttributes => ToAttributes(Flags) | AccessTime;

    /// <summary>The flags that belong to the file system, as fsconfig(2) takes them.</summary>
    internal IEnumerable<string> FileSystemFlags => Array.ConvertAll(Array.FindAll(OfFileSystem, f => (Flags & f.Flag) != 0), f => f.Name);

    /// <summary>What a bind mount sets and clears (mount_setattr(2)).</summary>
    /// <param name="keepOthers">
    /// Whether flags that no option named stay as the source has them: the way where some are locked, in a user namespace.
    /// Otherwise they are cleared, as runc does it and as mount(8) would do a remount.
    /// </param>
    internal (ulong Set, ulong Clear) BindAttributes(bool keepOthers)
    {
        if (!HasFlags)
            return (0, 0);
        var set = ToAttributes(Flags);
        // No lock keeps nosymfollow (mount_namespaces(7), Restrictions on mount namespaces).
        var clear = keepOthers ? ToAttributes(Cleared) | MOUNT_ATTR_NOSYMFOLLOW : ToAttributes(~0);
        // An option that only takes an access time mode away changes nothing, as with mount(8).
        if ((Flags & AccessTimes) != 0)
        {
            set |= AccessTime;
            clear |= MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME;
        }
        return (set, clear & (~set | MOUNT_ATTR__ATIME));
    }

    /// <summary>The same without <c>ro</c>, for a mount that is still to be filled.</summary>
    internal MountOptions Writable()
    {
        var copy = (MountOptions)MemberwiseClone();
        copy.Flags &= ~MS_RDONLY;
        return copy;
    }

    /// <summary>The same, and no device node in it opens a device, unless <c>dev</c> was asked for.</summary>
    internal ulong NoDevices => (Cleared & MS_NODEV) == 0 ? MOUNT_ATTR_NODEV : 0;

    internal static MountOptions Parse(MountSpec mount) => Parse(mount.Type, mount.Options);

    internal static MountOptions Parse(string? type, IReadOnlyList<string> names)
    {
        var options = new MountOptions { IsBind = type is "bind" };
        foreach (var name in names)
            options.Add(name);
        options.IsBind |= (options.Flags & MS_BIND) != 0;
        return options;
    }

    // path_mount() of the kernel: strictatime before noatime, and relatime unless one of them is asked for.
    private ulong AccessTime =>
        ((Flags & MS_STRICTATIME) != 0 ? MOUNT_ATTR_STRICTATIME : (Flags & MS_NOATIME) != 0 ? MOUNT_ATTR_NOATIME : MOUNT_ATTR_RELATIME)
        | ((Flags & MS_NODIRATIME) != 0 ? MOUNT_ATTR_NODIRATIME : 0);

    private static ulong ToAttributes(int flags) =>
        Attributes.Where(a => (flags & a.Flag) != 0).Aggregate(0UL, (all, a) => all | a.Attribute);

    private void Add(string name)
    {
        if (MountOptionNames.Flags.TryGetValue(name, out var flag))
        {
            Flags = flag.Clears ? Flags & ~flag.Flag : Flags | flag.Flag;
            Cleared = flag.Clears ? Cleared | flag.Flag : Cleared & ~flag.Flag;
        }
        else if (MountOptionNames.Recursive.TryGetValue(name, out var recursive))
        {
            AddRecursive(recursive.Attribute, recursive.Clears);
        }
        else if (MountOptionNames.Propagations.TryGetValue(name, out var propagation))
        {
            Propagations.Add(propagation);
        }
        else
        {
            AddExtension(name);
        }
    }

    private void AddRecursive(ulong attribute, bool clears)
    {
        RecursiveSet = clears ? RecursiveSet & ~attribute : RecursiveSet | attribute;
        RecursiveClear = clears ? RecursiveClear | attribute : RecursiveClear & ~attribute;
        // mount_setattr(2): a change of the access time mode clears the whole field first.
        if ((attribute & MOUNT_ATTR__ATIME) == attribute)
        {
            RecursiveClear |= MOUNT_ATTR__ATIME;
            if (!clears)
                RecursiveSet = (RecursiveSet & ~MOUNT_ATTR__ATIME) | attribute;
        }
    }

    private void AddExtension(string name)
    {
        var (key, value) = name.Split('=', 2) is [var head, var tail] ? (head, tail) : (name, null);
        switch (key)
        {
            case "tmpcopyup":
                CopiesUp = true;
                break;
            case "copy-symlink":
                CopiesSymbolicLink = true;
                break;
            case "src-nofollow":
                MountsSymbolicLink = true;
                break;
            case "dest-nofollow":
                MountsOnSymbolicLink = true;
                break;
            case "idmap" or "ridmap":
                IdMap = value ?? "";
                IsIdMapRecursive = key == "ridmap";
                break;
            default:
                Data.Add((key, value));
                break;
        }
    }
}
