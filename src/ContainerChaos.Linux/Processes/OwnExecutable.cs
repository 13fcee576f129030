using System.Runtime.InteropServices;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>
/// This process's own program, and how a container is kept from writing to it through /proc/PID/exe (CVE-2019-5736): it is
/// executed from a mount of its own that is read-only and that nobody can reach to change.
/// </summary>
/// <remarks>
/// The mount is detached: the descriptor that holds it is closed by the execve(2), which leaves it without a namespace, so that
/// mount_setattr(2) and mount(2) refuse it to everybody (is_mounted in fs/namespace.c). A copy in a sealed memfd costs the
/// reading of the whole file, and is what is left where the caller may not mount.
/// </remarks>
public static unsafe class OwnExecutable
{
    private const string Self = "/proc/self/exe";
    private const int F_GET_SEALS = 1034, F_ADD_SEALS = 1033, MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2, MFD_EXEC = 16;
    private const int F_SEAL_SEAL = 1, F_SEAL_SHRINK = 2, F_SEAL_GROW = 4, F_SEAL_WRITE = 8;

    /// <summary>Whether the program can't be written through this process: its file system is read-only, or it is a sealed copy.</summary>
    public static bool IsProtected
    {
        get
        {
            // struct statfs of x86-64: f_flags is its eleventh word; ST_RDONLY is 1.
            var status = stackalloc long[16];
            using var path = new NativeString(Self);
            if (Libc.SystemCall((nint)SystemCallNumber.statfs, path.Address, (nint)status) == 0 && (status[10] & 1) != 0)
                return true;
            using var file = FileDescriptor.TryOpen(Self, OpenFlags.O_RDONLY, 0, out _);
            return file is not null && Libc.SystemCall((nint)SystemCallNumber.fcntl, file.Number, F_GET_SEALS) is > 0 and var seals && (seals & F_SEAL_WRITE) != 0;
        }
    }

    /// <summary>
    /// Settings of the collector for a process that lives for milliseconds: it has no reason to collect, and each collection takes
    /// one of them. A monitor, which stays, is executed without these.
    /// </summary>
    public static IReadOnlyList<string> ShortLivedSettings { get; } = [Encoding.ASCII.GetString(EarlyProtection.Budget[..^1]), Encoding.ASCII.GetString(EarlyProtection.MaximumBudget[..^1])];

    /// <summary>
    /// Executes this program again from a protected file, with the same arguments and with signals blocked in all of its threads.
    /// Returns only when both is so already.
    /// </summary>
    /// <param name="arguments">What the program was called with, its name first.</param>
    /// <param name="blocked">The signals, as <see cref="SignalFd"/> takes them, for a <see cref="SignalFd"/> of the new process or for it to unblock.</param>
    /// <exception cref="ErrnoException">It can't be: neither a mount nor a copy in memory was granted.</exception>
    /// <remarks>The new process's environment has the <see cref="ShortLivedSettings"/> as well.</remarks>
    public static void Protect(string[] arguments, ulong blocked)
    {
        if (IsProtected && SignalFd.AreBlocked(blocked))
            return;
        SignalFd.Block(blocked);
        using var program = TryMountReadOnly() ?? Seal();
        using var empty = new NativeString("");
        using var names = new NativeStringArray(arguments);
        using var settings = new NativeStringArray(ShortLivedSettings);
        // As it came, without a way through the runtime's strings; the last may lack its zero where somebody wrote over it.
        byte[] inherited = [.. File.ReadAllBytes("/proc/self/environ"), 0];
        fixed (byte* first = inherited)
        {
            var environment = new nint[ShortLivedSettings.Count + inherited.AsSpan().Count((byte)0) + 1];
            new ReadOnlySpan<nint>((void*)settings.Address, ShortLivedSettings.Count).CopyTo(environment);
            var count = ShortLivedSettings.Count;
            for (int at = 0, length; at < inherited.Length; at += length + 1)
            {
                length = inherited.AsSpan(at).IndexOf((byte)0);
                if (length > 0)
                    environment[count++] = (nint)(first + at);
            }
            fixed (nint* variables = environment)
                Libc.SystemCall((nint)SystemCallNumber.execveat, program.Number, empty.Address, names.Address, (nint)variables, NativeConstants.AT_EMPTY_PATH);
        }
        throw ErrnoException.Last("execveat", Self);
    }

    /// <summary>The program on a detached read-only mount; null where this user may not mount, or the kernel has no such calls.</summary>
    public static FileDescriptor? TryMountReadOnly()
    {
        const int OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = 0x80000;
        using var path = new NativeString(Self);
        using var empty = new NativeString("");
        var tree = Libc.SystemCall((nint)SystemCallNumber.open_tree, NativeConstants.AT_FDCWD, path.Address, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        if (tree == -1)
            return null;
        var mount = new FileDescriptor((int)tree);
        // struct mount_attr: what to set, to clear, the propagation, a user namespace.
        var attributes = stackalloc ulong[4] { 1 /* MOUNT_ATTR_RDONLY */, 0, 0, 0 };
        if (Libc.SystemCall((nint)SystemCallNumber.mount_setattr, mount.Number, empty.Address, NativeConstants.AT_EMPTY_PATH, (nint)attributes, 4 * sizeof(ulong)) == 0)
            return mount;
        mount.Dispose();
        return null;
    }

    /// <summary>
    /// The program as a sealed copy in memory where its file is this user's own, which a container of theirs could write; null where it
    /// is not.
    /// </summary>
    public static FileDescriptor? TrySealOwn()
    {
        using var file = FileDescriptor.TryOpen(Self, OpenFlags.O_RDONLY, 0, out _);
        return file is not null && FileStatus.Read(file).UserId == OwnIdentity.User ? Seal() : null;
    }

    private static FileDescriptor Seal()
    {
        using var name = new NativeString("ccrun");
        var made = Libc.SystemCall((nint)SystemCallNumber.memfd_create, name.Address, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
        // Before Linux 6.3 the flag is unknown, and every such file can be executed.
        if (made == -1 && Marshal.GetLastPInvokeError() == (int)Errno.EINVAL)
            made = Libc.SystemCall((nint)SystemCallNumber.memfd_create, name.Address, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        var copy = new FileDescriptor((int)Libc.Checked("memfd_create", Self, made));
        using (var source = FileDescriptor.Open(Self, OpenFlags.O_RDONLY))
        {
            while (Libc.Checked("sendfile", Self, Libc.Retrying((nint)SystemCallNumber.sendfile, copy.Number, source.Number, 0, int.MaxValue)) > 0)
            {
                // A call moves at most 2 GB, or as much as the file has left.
            }
        }
        Libc.Checked("fcntl", "F_ADD_SEALS", Libc.SystemCall((nint)SystemCallNumber.fcntl, copy.Number, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));
        return copy;
    }
}
