using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>
/// Starts a program from a process with a JIT, which must not fork by itself: posix_spawn(3) shares the parent's memory
/// only until the execve and runs no managed code in between.
/// </summary>
public static unsafe partial class DetachedProcess
{
    private const int DetachedDescriptors = 10;
    private const short POSIX_SPAWN_SETSIGDEF = 4, POSIX_SPAWN_SETSIGMASK = 8, POSIX_SPAWN_SETSID = 0x80;

    /// <summary>The descriptor under which the started program finds the one it was given.</summary>
    public const int PassedDescriptor = 3;

    /// <summary>The descriptor under which the started program finds the second one it was given.</summary>
    public const int SecondPassedDescriptor = 4;

    /// <summary>
    /// Starts a program in a session of its own, with no signal blocked or ignored, its standard streams on
    /// <c>/dev/null</c> and one descriptor passed as number 3.
    /// </summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments, its own name first.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="passed">What it finds as number 3.</param>
    /// <param name="alsoPassed">What it finds as number 4; null for nothing.</param>
    /// <returns>Its PID: a child that the caller must reap with <see cref="Reap"/>.</returns>
    /// <exception cref="ErrnoException">ENOENT, EACCES, EAGAIN, ENOMEM.</exception>
    public static int Start(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, FileDescriptor passed, FileDescriptor? alsoPassed = null)
    {
        // posix_spawn_file_actions_t takes 80 bytes and posix_spawnattr_t 336 in glibc and less in musl.
        var actions = stackalloc byte[512];
        var attributes = stackalloc byte[512];
        var allSignals = stackalloc byte[128];
        var noSignals = stackalloc byte[128];
        new Span<byte>(allSignals, 128).Fill(0xFF);
        new Span<byte>(noSignals, 128).Clear();
        using var program = new ChildProgram();
        Require("posix_spawn_file_actions_init", posix_spawn_file_actions_init(actions));
        Require("posix_spawnattr_init", posix_spawnattr_init(attributes));
        try
        {
            var nullDevice = program.Text("/dev/null");
            for (var stream = 0; stream < 3; stream++)
                Require("posix_spawn_file_actions_addopen", posix_spawn_file_actions_addopen(actions, stream, nullDevice, (int)OpenFlags.O_RDWR, 0));
            // Both are copied to high numbers first: one of them may be 3 or 4 already.
            using var first = FileDescriptor.Duplicate(passed.Number, DetachedDescriptors);
            using var second = alsoPassed is null ? null : FileDescriptor.Duplicate(alsoPassed.Number, DetachedDescriptors);
            Require("posix_spawn_file_actions_adddup2", posix_spawn_file_actions_adddup2(actions, first.Number, PassedDescriptor));
            if (second is not null)
                Require("posix_spawn_file_actions_adddup2", posix_spawn_file_actions_adddup2(actions, second.Number, SecondPassedDescriptor));
            Require("posix_spawnattr_setflags", posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
            Require("posix_spawnattr_setsigdefault", posix_spawnattr_setsigdefault(attributes, allSignals));
            Require("posix_spawnattr_setsigmask", posix_spawnattr_setsigmask(attributes, noSignals));
            int pid;
            var error = posix_spawn(&pid, program.Text(path), actions, attributes, program.TextArray(arguments), program.TextArray(environment));
            return error == 0 ? pid : throw new ErrnoException((Errno)error, "posix_spawn", path);
        }
        finally
        {
            posix_spawn_file_actions_destroy(actions);
            posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Waits for a started program that ends at once, and takes it off the process table.</summary>
    /// <returns>Its exit code, or -1 when the runtime's own SIGCHLD handling was quicker.</returns>
    public static int Reap(int pid)
    {
        int status;
        return Libc.Retrying((nint)SystemCallNumber.wait4, pid, (nint)(&status), 0, 0) == -1 ? -1 : (status >> 8) & 0xFF;
    }

    private static void Require(string call, int error)
    {
        if (error != 0)
            throw new ErrnoException((Errno)error, call);
    }

    [LibraryImport(Libc.Name)]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport(Libc.Name)]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport(Libc.Name)]
    private static partial int posix_spawn_file_actions_addopen(byte* actions, int descriptor, nint path, int flags, uint mode);

    [LibraryImport(Libc.Name)]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport(Libc.Name)]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport(Libc.Name)]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport(Libc.Name)]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport(Libc.Name)]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport(Libc.Name)]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport(Libc.Name)]
    private static partial int posix_spawn(int* pid, nint path, byte* actions, byte* attributes, nint arguments, nint environment);
}
