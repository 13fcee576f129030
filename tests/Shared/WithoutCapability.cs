using System.Runtime.InteropServices;

namespace ContainerChaos.Testing;

/// <summary>A thread whose programs never have a capability, be they root's (capabilities(7), the bounding set). What is started from it is without it.</summary>
public static unsafe partial class WithoutCapability
{
    /// <summary>CAP_NET_ADMIN.</summary>
    public const int NetAdmin = 12;

    /// <summary>Runs something on a new thread; what it throws is thrown.</summary>
    public static void Run(int capability, Action body)
    {
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                const int PR_CAPBSET_DROP = 24, prctl = 157;
                if (SystemCall(prctl, PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
                    throw new InvalidOperationException($"PR_CAPBSET_DROP: errno {Marshal.GetLastPInvokeError()}");
                body();
            }
            catch (Exception e)
            {
                thrown = e;
            }
        });
        thread.Start();
        thread.Join();
        if (thrown is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d, nint e);
}
