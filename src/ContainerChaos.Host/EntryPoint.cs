using System.Runtime;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Host;

/// <summary>
/// Functions that the linker puts around the C library's. Where the program begins: the commands that put a process of this program
/// into a container are executed again from a protected file (CVE-2019-5736) before the C library and the runtime start.
/// </summary>
internal static unsafe class EntryPoint
{
    [RuntimeExport("__wrap___libc_start_main")]
    private static int Start(nint main, int count, byte** arguments, nint initialize, nint finish, nint unload, nint stack)
    {
        for (var i = 1; i < count; i++)
        {
            // A value of an option may look like a verb; then it is protected for nothing.
            if (EarlyProtection.Equals(arguments[i], "run"u8) || EarlyProtection.Equals(arguments[i], "create"u8) ||
                EarlyProtection.Equals(arguments[i], "exec"u8) || EarlyProtection.Equals(arguments[i], "start"u8))
            {
                EarlyProtection.TryProtect(arguments, arguments + count + 1, OciCommandLine.ForwardedSignals);
                break;
            }
            // Another command, a monitor's among them, whose arguments are its own.
            if (arguments[1][0] != '-')
                break;
        }
        return EarlyProtection.StartLibrary(main, count, arguments, initialize, finish, unload, stack);
    }

    [RuntimeExport("__wrap_statfs64")]
    private static int StatFileSystem(byte* path, nint status) => EarlyProtection.StatFileSystem(path, status);
}
