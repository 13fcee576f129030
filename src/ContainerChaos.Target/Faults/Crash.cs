using ContainerChaos.Target.Native;
using ContainerChaos.Target.Signals;

namespace ContainerChaos.Target.Faults;

/// <summary>
/// Dies of SIGSEGV as a program with a wild pointer does. A signal that PID 1 of a namespace sends itself would be dropped
/// while its action is the default one (pid_namespaces(7)); a fault in its own code is not, the kernel forces it.
/// </summary>
internal static unsafe class Crash
{
    public static void Now()
    {
        // The runtime's own handler would make a NullReferenceException of it.
        Dispositions.Default(Libc.SIGSEGV);
        void* guard = Libc.mmap(null, 4096, Libc.PROT_NONE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        *(int*)guard = 1;
        Libc._exit(70);
    }
}
