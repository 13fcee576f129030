using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>
/// What <see cref="OwnExecutable.Protect"/> does, before there is a runtime: a process that executes itself again anyway need not
/// start one first, with its collector, its finalizer's thread and the wait for that thread's end in execve(2).
/// </summary>
/// <remarks>
/// Runs before the C library's start, which asks the processor for its features; a virtual machine traps that, and the program that
/// is left by an execve(2) would do it for nothing. No allocation, no static field with an initializer, no exception and no
/// transition: there is nothing yet to serve them, and no call of the C library's but syscall(2). Whatever does not succeed here is
/// left to <see cref="OwnExecutable.Protect"/>.
/// </remarks>
public static unsafe partial class EarlyProtection
{
    // OwnExecutable.ShortLivedSettings, with the zero that ends a string of the C library's.
    internal static ReadOnlySpan<byte> Budget => "DOTNET_GCgen0size=1000000\0"u8;

    internal static ReadOnlySpan<byte> MaximumBudget => "DOTNET_GCGen0MaxBudget=1000000\0"u8;

    /// <summary>Blocks signals and executes this program again from a read-only mount, unless that is so already.</summary>
    /// <param name="arguments">argv, null-ended.</param>
    /// <param name="environment">environ, null-ended.</param>
    /// <param name="signals">The signals to block, in the kernel's sigset_t: signal n is bit n - 1.</param>
    [SkipLocalsInit]
    public static void TryProtect(byte** arguments, byte** environment, ulong signals)
    {
        const int SIG_BLOCK = 0, OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = 0x80000, most = 4096, ARCH_SET_FS = 0x1002;
        // syscall(3) writes errno below the thread's pointer, which the C library has not set yet. It sets it anew.
        const int below = 16 * 1024, above = 256;
        var thread = stackalloc byte[below + above];
        if (Call(SystemCallNumber.arch_prctl, ARCH_SET_FS, (nint)(thread + below)) != 0)
            return;
        Call(SystemCallNumber.rt_sigprocmask, SIG_BLOCK, (nint)(&signals), 0, sizeof(ulong));

        var path = Address("/proc/self/exe\0"u8);
        var empty = Address("\0"u8);
        // struct statfs of x86-64: f_flags is its eleventh word; ST_RDONLY is 1.
        var status = stackalloc long[16];
        if (Call(SystemCallNumber.statfs, path, (nint)status) != 0 || (status[10] & 1) != 0)
            return;
        var tree = Call(SystemCallNumber.open_tree, NativeConstants.AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        if (tree < 0)
            return;
        // struct mount_attr: what to set, to clear, the propagation, a user namespace.
        var attributes = stackalloc ulong[4];
        attributes[0] = 1 /* MOUNT_ATTR_RDONLY */;
        attributes[1] = attributes[2] = attributes[3] = 0;
        var count = 0;
        while (count < most && environment[count] != null)
            count++;
        if (count < most && Call(SystemCallNumber.mount_setattr, tree, empty, NativeConstants.AT_EMPTY_PATH, (nint)attributes, 4 * sizeof(ulong)) == 0)
        {
            var all = stackalloc byte*[most + 3];
            all[0] = (byte*)Address(Budget);
            all[1] = (byte*)Address(MaximumBudget);
            for (var i = 0; i <= count; i++)
                all[2 + i] = environment[i];
            Call(SystemCallNumber.execveat, tree, empty, (nint)arguments, (nint)all, NativeConstants.AT_EMPTY_PATH);
        }
        Call(SystemCallNumber.close, tree);
    }

    /// <summary>Whether a string of the C library's is this one.</summary>
    public static bool Equals(byte* text, ReadOnlySpan<byte> other)
    {
        var i = 0;
        while (i < other.Length && text[i] == other[i])
            i++;
        return i == other.Length && text[i] == 0;
    }

    /// <summary>
    /// statfs(2) for the runtime's collector, but for <c>/sys/fs/cgroup</c>: it looks there for its group's limits at its start, twice, and
    /// a memory.stat is counted together for it, which is a twentieth of a container's start. Its heap is bounded without them.
    /// </summary>
    public static int StatFileSystem(byte* path, nint status) =>
        Equals(path, "/sys/fs/cgroup"u8) ? -1 : (int)Call(SystemCallNumber.statfs, (nint)path, status);

    /// <summary>Goes on with the C library's own start, which the linker calls so where it put another function around it.</summary>
    /// <param name="main">The program's main function.</param>
    /// <param name="count">argc.</param>
    /// <param name="arguments">argv.</param>
    /// <param name="initialize">Of older C libraries.</param>
    /// <param name="finish">Of older C libraries.</param>
    /// <param name="unload">What the dynamic linker wants to be called at the end.</param>
    /// <param name="stack">Where the stack ends.</param>
    public static int StartLibrary(nint main, int count, byte** arguments, nint initialize, nint finish, nint unload, nint stack) =>
        LibraryMain(main, count, arguments, initialize, finish, unload, stack);

    [LibraryImport(Libc.Name, EntryPoint = "__real___libc_start_main")]
    [SuppressGCTransition]
    private static partial int LibraryMain(nint main, int count, byte** arguments, nint initialize, nint finish, nint unload, nint stack);

    // A literal is a part of the program's file: nothing moves it.
    private static nint Address(ReadOnlySpan<byte> literal) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(literal));

    private static nint Call(SystemCallNumber number, nint a0 = 0, nint a1 = 0, nint a2 = 0, nint a3 = 0, nint a4 = 0) =>
        Libc.RawSystemCall((nint)number, a0, a1, a2, a3, a4, 0);
}
