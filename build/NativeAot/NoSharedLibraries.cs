using System.Runtime.InteropServices;

namespace NativeAot;

/// <summary>
/// dlopen(3) for a program without shared libraries: there is nothing to load. The runtime refers to it, and glibc's own would
/// want the shared glibc of this machine at run time, which the linker warns about. NativeAot.props wraps it.
/// </summary>
internal static unsafe class NoSharedLibraries
{
    [UnmanagedCallersOnly(EntryPoint = "__wrap_dlopen")]
    private static void* Open(byte* path, int flags) => null;
}
