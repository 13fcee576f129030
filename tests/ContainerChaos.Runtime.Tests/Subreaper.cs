using System.Runtime.InteropServices;

namespace ContainerChaos.Runtime.Tests;

/// <summary>
/// Makes this process the parent of what a detached command leaves behind (prctl(2), PR_SET_CHILD_SUBREAPER), so that the leak
/// fixture can reap it: not every init does that at once.
/// </summary>
internal static partial class Subreaper
{
    private const int PR_SET_CHILD_SUBREAPER = 36;

    internal static void Become() => Assert.Equal(0, ControlProcess(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ControlProcess(int option, nuint a, nuint b, nuint c, nuint d);
}
