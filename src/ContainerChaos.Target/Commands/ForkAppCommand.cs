using ContainerChaos.Target.Native;
using ContainerChaos.Target.Signals;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Commands;

/// <summary>
/// Runs this program again as a child and waits for that child only: what <c>sh -c app</c> does as PID 1. Signals are not passed on,
/// orphans are not reaped, and the child's code becomes its own.
/// </summary>
internal static class ForkAppCommand
{
    public static int Run(string[] arguments)
    {
        Dispositions.Default(Libc.SIGCHLD);
        int child = ChildProcess.Start(arguments);
        if (child < 0)
        {
            Output.Error($"fork: {Errno.Name(-child)}");
            return 126;
        }

        return ChildProcess.Wait(child);
    }
}
