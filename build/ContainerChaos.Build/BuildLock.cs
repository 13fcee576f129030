using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Build;

/// <summary>
/// One build of a checkout at a time: a second one waits its turn. Nested builds (a test that runs build.sh) share the
/// outer one's turn, told by an environment variable.
/// </summary>
internal static partial class BuildLock
{
    private const string Marker = "CONTAINERCHAOS_BUILD";
    private const int ExclusiveLock = 2;
    private const int NonBlocking = 4;

    public static SafeFileHandle? Take(Repository repository)
    {
        if (Environment.GetEnvironmentVariable(Marker) == repository.Root)
        {
            return null;
        }

        Environment.SetEnvironmentVariable(Marker, repository.Root);
        var folder = Directory.CreateDirectory(repository.Combine("build", "ContainerChaos.Build", "obj")).FullName;
        var handle = File.OpenHandle(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (Lock(handle, ExclusiveLock | NonBlocking) != 0)
        {
            Console.WriteLine("another build of this checkout is running: waiting for it");
            _ = Lock(handle, ExclusiveLock);
        }

        return handle;
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
