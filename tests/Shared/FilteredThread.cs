using System.Runtime.InteropServices;
using ContainerChaos.Linux;

namespace ContainerChaos.Testing;

/// <summary>A thread under a seccomp filter, which ends with it. What the thread starts is under the filter, too.</summary>
public static unsafe partial class FilteredThread
{
    /// <summary>Runs something on a new thread, if the kernel takes the program.</summary>
    /// <returns>The error number of the loading; 0 when it was loaded and the body has run. What the body throws is thrown.</returns>
    public static int Run(SeccompProgram program, Action body)
    {
        var errno = -1;
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                errno = Load(program);
                if (errno == 0)
                    body();
            }
            catch (Exception e)
            {
                thrown = e;
            }
        });
        thread.Start();
        thread.Join();
        return thrown is null ? errno : throw new InvalidOperationException($"On the thread under a filter: {thrown.Message}", thrown);
    }

    private static int Load(SeccompProgram program)
    {
        const int PR_SET_NO_NEW_PRIVS = 38, SECCOMP_SET_MODE_FILTER = 1, prctl = 157, seccomp = 317;
        SystemCall(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        fixed (ulong* instructions = program.Instructions)
        {
            var header = stackalloc ulong[2] { (ushort)program.Length, (ulong)instructions };
            return SystemCall(seccomp, SECCOMP_SET_MODE_FILTER, 0, (nint)header, 0, 0) == -1 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d, nint e);
}
