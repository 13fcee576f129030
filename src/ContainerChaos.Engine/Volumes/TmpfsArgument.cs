using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>A file system in memory as Docker's <c>--tmpfs</c> writes it.</summary>
internal static class TmpfsArgument
{
    private static readonly string[] s_flags =
        ["ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async", "atime", "noatime", "diratime", "nodiratime", "relatime", "norelatime", "strictatime"];

    /// <summary>Reads <c>/container/path[:size=64m,mode=1777,…]</c>, with the options of mount(8) for a tmpfs.</summary>
    /// <exception cref="Runtime.ContainerException">InvalidArgument.</exception>
    public static MountRequest Parse(string text)
    {
        var (path, list) = text.Split(':', 2) is [var first, var second] ? (first, second) : (text, "");
        var options = new List<string>();
        foreach (var option in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            options.Add(option.Split('=', 2) switch
            {
                ["size", var size] => "size=" + MountRequest.Size(size, text),
                ["mode", var mode] => "mode=" + MountRequest.Mode(mode, text),
                ["uid" or "gid" or "nr_inodes" or "nr_blocks", { Length: > 0 }] => option,
                [var flag] when s_flags.Contains(flag) => flag,
                _ => throw MountRequest.Invalid(text, $"has the option '{option}', which a tmpfs does not take", "Use size, mode, uid, gid, nr_inodes, nr_blocks, exec, suid, dev, ro and their opposites."),
            });
        }

        return new MountRequest { Type = ContainerMount.TmpfsType, Destination = MountRequest.CheckDestination(path, text), ReadOnly = options.Contains("ro"), TmpfsOptions = options };
    }
}
