using System.Runtime.InteropServices;

namespace ContainerChaos.Target.Native;

internal static unsafe partial class Libc
{
    public const int WNOHANG = 1;
    public const long SYS_clone = 56;
    public const long SYS_capget = 125;
    public const int AT_EXECFN = 31;
    public const int PR_CAPBSET_READ = 23;
    public const int PR_GET_NO_NEW_PRIVS = 39;
    public const int PR_GET_SECCOMP = 21;
    public const int PR_CAP_AMBIENT = 47;
    public const int PR_CAP_AMBIENT_IS_SET = 1;
    public const int RUSAGE_SELF = 0;

    // clone(2) by number, not fork(3): fork would take the allocator's locks and run pthread_atfork handlers,
    // which a child that only makes a few system calls does not need.
    [DllImport(Library), SuppressGCTransition]
    private static extern long syscall(long number, long argument1, long argument2, long argument3, long argument4, long argument5);

    [DllImport(Library)]
    public static extern long syscall(long number, long argument1, long argument2, long argument3, long argument4, long argument5, long argument6);

    [DllImport(Library), SuppressGCTransition]
    public static extern void _exit(int code);

    [DllImport(Library), SuppressGCTransition]
    public static extern int execv(byte* path, byte** arguments);

    [DllImport(Library)]
    public static extern int waitpid(int pid, int* status, int options);

    [DllImport(Library), SuppressGCTransition]
    public static extern int getpid();

    [DllImport(Library), SuppressGCTransition]
    public static extern int getppid();

    [DllImport(Library), SuppressGCTransition]
    public static extern uint getuid();

    [DllImport(Library), SuppressGCTransition]
    public static extern uint geteuid();

    [DllImport(Library), SuppressGCTransition]
    public static extern uint getgid();

    [DllImport(Library), SuppressGCTransition]
    public static extern uint getegid();

    [DllImport(Library), SuppressGCTransition]
    public static extern int getgroups(int size, uint* groups);

    [DllImport(Library), SuppressGCTransition]
    public static extern int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [DllImport(Library), SuppressGCTransition]
    public static extern nuint getauxval(nuint type);

    [DllImport(Library), SuppressGCTransition]
    public static extern int getrusage(int who, ResourceUsage* usage);

    [DllImport(Library), SuppressGCTransition]
    public static extern int pthread_create(nint* thread, void* attributes, delegate* unmanaged<void*, void*> start, void* argument);

    [DllImport(Library), SuppressGCTransition]
    public static extern int pthread_detach(nint thread);

    /// <summary>
    /// fork(2) as a bare system call. In the child only straight-line code may follow: calls of this class that suppress the GC transition,
    /// no allocation, and <see cref="_exit"/> or <see cref="execv"/> at the end.
    /// </summary>
    /// <returns>0 in the child, the child's pid in the parent, -1 with <see cref="Errno"/> when there is none.</returns>
    public static int Fork() => (int)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

    public static int capget(uint* header, uint* data) => (int)syscall(SYS_capget, (long)header, (long)data, 0, 0, 0);
}
