namespace ContainerChaos.Runtime;

/// <summary>The capabilities by number (capabilities(7), linux/capability.h).</summary>
public static class Capabilities
{
    private static readonly string[] Known =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
        "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
        "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    /// <summary>How many there are.</summary>
    internal static int Count => Known.Length;

    /// <summary>All names, <c>CAP_CHOWN</c> and so on, in the order of their numbers.</summary>
    public static IEnumerable<string> All => Names(ulong.MaxValue);

    /// <summary>Those that the kernel knows and this process has, and so can give to a container; in a user namespace of its own that is all of the kernel's.</summary>
    /// <param name="inUserNamespace">Whether the container has one.</param>
    public static IReadOnlyList<string> Grantable(bool inUserNamespace) =>
        [.. Names((inUserNamespace ? ulong.MaxValue : OwnCapabilities.Permitted) & (ulong.MaxValue >> (63 - OwnCapabilities.Last)))];

    /// <summary>A capability's name as the runtime-spec writes it.</summary>
    /// <param name="name">The name in either case, with or without <c>CAP_</c>.</param>
    /// <returns>Null when no kernel known here has it.</returns>
    public static string? Normalize(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Number(name) is { } number ? "CAP_" + Known[number] : null;
    }

    /// <summary>The names of what is in a bit mask.</summary>
    internal static IEnumerable<string> Names(ulong mask) => Known.Where((_, i) => (mask & (1UL << i)) != 0).Select(name => "CAP_" + name);

    /// <summary>A capability's number; null when no kernel known here has it.</summary>
    internal static int? Number(string name)
    {
        var bare = name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name[4..] : name;
        var number = Array.FindIndex(Known, known => known.Equals(bare, StringComparison.OrdinalIgnoreCase));
        return number < 0 ? null : number;
    }

    /// <summary>A set as a bit mask. What is unknown is left out: validation has warned of it.</summary>
    internal static ulong Mask(IEnumerable<string> names)
    {
        var mask = 0UL;
        foreach (var name in names)
        {
            if (Number(name) is { } number)
                mask |= 1UL << number;
        }
        return mask;
    }
}
