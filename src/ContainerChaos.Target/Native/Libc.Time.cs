using System.Runtime.InteropServices;

namespace ContainerChaos.Target.Native;

internal static unsafe partial class Libc
{
    public const int CLOCK_MONOTONIC = 1;

    [DllImport(Library), SuppressGCTransition]
    public static extern int clock_gettime(int clock, TimeSpec* result);

    // Without a transition: it is also what an orphan does in a forked child.
    [DllImport(Library), SuppressGCTransition]
    public static extern int clock_nanosleep(int clock, int flags, TimeSpec* request, TimeSpec* remaining);
}
