using System.Runtime;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Host;

/// <summary>
/// What the C library calls in place of the runtime's own main, which the linker puts it around: the commands that put a process
/// of this program into a container are executed again from a protected file (CVE-2019-5736) before the runtime starts.
/// </summary>
internal static unsafe class EntryPoint
{
    [RuntimeExport("__wrap_main")]
    private static int Start(int count, byte** arguments, byte** environment)
    {
        for (var i = 1; i < count; i++)
        {
            // A value of an option may look like a verb; then it is protected for nothing.
            if (EarlyProtection.Equals(arguments[i], "run"u8) || EarlyProtection.Equals(arguments[i], "create"u8) ||
                EarlyProtection.Equals(arguments[i], "exec"u8) || EarlyProtection.Equals(arguments[i], "start"u8))
            {
                EarlyProtection.TryProtect(arguments, environment, OciCommandLine.ForwardedSignals);
                break;
            }
            // Another command, a monitor's among them, whose arguments are its own.
            if (arguments[1][0] != '-')
                break;
        }
        return EarlyProtection.StartRuntime(count, arguments);
    }
}
