using System.Globalization;

namespace ContainerChaos.Linux;

/// <summary>
/// Makes files as another user (setfsuid(2)): inside a container's user namespace, whose file systems take no file of a
/// user that is not mapped there. This thread keeps its capabilities, and gets its own user back in the end.
/// </summary>
public sealed class FileSystemIdentity : IDisposable
{
    // setfsuid(2), setfsgid(2), prctl(2)
    private const int PR_GET_SECUREBITS = 27, PR_SET_SECUREBITS = 28, SECBIT_NO_SETUID_FIXUP = 4;

    private readonly nint _user;
    private readonly nint _group;
    private readonly nint _securebits;

    private FileSystemIdentity(uint user, uint group)
    {
        _securebits = Libc.SystemCall((nint)SystemCallNumber.prctl, PR_GET_SECUREBITS);
        // Not given to an ordinary user, who has no capabilities to keep.
        Libc.SystemCall((nint)SystemCallNumber.prctl, PR_SET_SECUREBITS, _securebits | SECBIT_NO_SETUID_FIXUP);
        _group = Libc.SystemCall((nint)SystemCallNumber.setfsgid, (nint)group);
        _user = Libc.SystemCall((nint)SystemCallNumber.setfsuid, (nint)user);
    }

    /// <summary>Makes files as a process does, until it is disposed, on the same thread.</summary>
    /// <param name="pid">The process; its ids are taken as this process sees them.</param>
    public static FileSystemIdentity Of(int pid)
    {
        uint user = 0, group = 0;
        // proc_pid_status(5): "Uid, Gid: Real, effective, saved set, and filesystem UIDs (GIDs)."
        foreach (var line in File.ReadLines($"/proc/{pid}/status"))
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal))
                user = Last(line);
            else if (line.StartsWith("Gid:", StringComparison.Ordinal))
                group = Last(line);
        }
        return new FileSystemIdentity(user, group);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Libc.SystemCall((nint)SystemCallNumber.setfsuid, _user);
        Libc.SystemCall((nint)SystemCallNumber.setfsgid, _group);
        Libc.SystemCall((nint)SystemCallNumber.prctl, PR_SET_SECUREBITS, _securebits);
    }

    private static uint Last(string line) => uint.Parse(line.AsSpan(line.LastIndexOf('\t') + 1), CultureInfo.InvariantCulture);
}
