using System.Runtime.InteropServices;

namespace ContainerChaos.Target.Native;

/// <summary>
/// The C library, linked statically. Native names are kept; every signature is blittable, so a call is a plain <c>call</c> instruction.
/// </summary>
/// <remarks>
/// <see cref="SuppressGCTransitionAttribute"/> marks calls that return at once, and those that run in a forked child,
/// where the runtime's other threads do not exist and nothing may wait for them.
/// Calls that block, and <c>epoll_pwait</c>, inside which signal handlers run, make the ordinary transition.
/// </remarks>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    /// <summary>The error number that the last failed call left.</summary>
    public static int Errno => *__errno_location();

    [DllImport(Library), SuppressGCTransition]
    private static extern int* __errno_location();
}
