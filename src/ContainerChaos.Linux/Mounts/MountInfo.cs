using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>One line of <c>/proc/PID/mountinfo</c>.</summary>
/// <param name="Root">The directory of the file system that is mounted.</param>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="FileSystem">The file system's type.</param>
/// <param name="SuperOptions">The super block's options.</param>
/// <remarks>
/// proc_pid_mountinfo(5): <c>36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue</c>;
/// the fields before the lone hyphen vary in number.
/// </remarks>
public sealed record MountInfo(string Root, string MountPoint, string FileSystem, string SuperOptions)
{
    /// <summary>Its number; 0 where none was read.</summary>
    public int Id { get; init; }

    /// <summary>The number of the mount that it lies on.</summary>
    public int ParentId { get; init; }

    /// <summary>The file system's device, <c>MAJOR:MINOR</c>; major 0 is none.</summary>
    public string Device { get; init; } = "";

    /// <summary>Whether it is mounted read-only here, whatever the file system is.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether it passes mounts below it on to its peers (mount_namespaces(7), <c>shared:N</c>).</summary>
    public bool IsShared { get; init; }

    /// <summary>Whether it gets those of a master (<c>master:N</c>).</summary>
    public bool IsSlave { get; init; }

    /// <summary>The mount of this process that a path lies on; null when there is no such path.</summary>
    public static MountInfo? Of(string path)
    {
        using var place = FileDescriptor.TryOpen(path, OpenFlags.O_PATH, 0, out _);
        if (place is null)
            return null;
        // proc_pid_fdinfo(5): "mnt_id: The ID of the mount containing this file".
        var line = File.ReadLines($"/proc/self/fdinfo/{place.Number}").FirstOrDefault(field => field.StartsWith("mnt_id:", StringComparison.Ordinal));
        return int.TryParse(line.AsSpan("mnt_id:".Length), out var id) ? ReadSelf().FirstOrDefault(mount => mount.Id == id) : null;
    }

    /// <summary>This process's mounts.</summary>
    public static IReadOnlyList<MountInfo> ReadSelf() => Read("/proc/self/mountinfo");

    /// <summary>The mounts listed in a file.</summary>
    public static IReadOnlyList<MountInfo> Read(string path)
    {
        var mounts = new List<MountInfo>();
        foreach (var line in File.ReadLines(path))
        {
            if (TryParse(line, out var mount))
                mounts.Add(mount);
        }
        return mounts;
    }

    /// <summary>Reads one line.</summary>
    public static bool TryParse(string line, [NotNullWhen(true)] out MountInfo? mount)
    {
        mount = null;
        var fields = line.Split(' ');
        var hyphen = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
        if (hyphen < 0 || fields.Length < hyphen + 4 || !int.TryParse(fields[0], out var id) || !int.TryParse(fields[1], out var parent))
            return false;
        mount = new MountInfo(Unescape(fields[3]), Unescape(fields[4]), fields[hyphen + 1], fields[hyphen + 3])
        {
            Id = id,
            ParentId = parent,
            Device = fields[2],
            // The kernel writes it first (fs/proc_namespace.c).
            IsReadOnly = fields[5] == "ro" || fields[5].StartsWith("ro,", StringComparison.Ordinal),
            IsShared = Array.Exists(fields[6..hyphen], field => field.StartsWith("shared:", StringComparison.Ordinal)),
            IsSlave = Array.Exists(fields[6..hyphen], field => field.StartsWith("master:", StringComparison.Ordinal)),
        };
        return true;
    }

    /// <summary>
    /// Whether no path leads to it, since another mount lies over it or over a directory above it. The order of the lines says nothing of
    /// that: a mount that was moved, or that others were moved onto, stands anywhere.
    /// </summary>
    /// <param name="mounts">All mounts of the namespace, this one among them.</param>
    public bool IsHidden(IReadOnlyList<MountInfo> mounts)
    {
        var covered = MountPoint + "/";
        MountInfo? child = null;
        for (var at = this; at is not null; at = mounts.FirstOrDefault(mount => mount.Id == child!.ParentId && mount.Id != child.Id))
        {
            if (mounts.Any(other => other.ParentId == at.Id && other.Id != at.Id && other != child && Lies(other.MountPoint, covered)))
                return true;
            covered = at.MountPoint + "/";
            child = at;
        }
        return false;

        static bool Lies(string over, string path) => over == "/" || path.StartsWith(over + "/", StringComparison.Ordinal);
    }

    /// <summary>Space, tab, newline and backslash stand as an octal escape, <c>\040</c> (proc_pid_mountinfo(5)).</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\'))
            return field;
        var text = new StringBuilder(field.Length);
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length)
            {
                text.Append((char)(((field[i + 1] - '0') << 6) | ((field[i + 2] - '0') << 3) | (field[i + 3] - '0')));
                i += 3;
            }
            else
            {
                text.Append(field[i]);
            }
        }
        return text.ToString();
    }
}
