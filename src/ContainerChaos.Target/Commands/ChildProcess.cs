using ContainerChaos.Target.Native;
using ContainerChaos.Target.Signals;

namespace ContainerChaos.Target.Commands;

/// <summary>Starts this program once more, as a child.</summary>
internal static unsafe class ChildProcess
{
    private static readonly NativeString s_procSelfExe = new("/proc/self/exe");

    /// <summary>Forks and executes this program.</summary>
    /// <returns>The child's pid; a negative error number when there is none.</returns>
    public static int Start(params ReadOnlySpan<string> arguments)
    {
        // AT_EXECFN is the path this program was started by (getauxval(3)); it needs no /proc.
        var path = (byte*)Libc.getauxval(Libc.AT_EXECFN);
        byte* fallback = s_procSelfExe;
        byte** vector = stackalloc byte*[arguments.Length + 2];
        var strings = new NativeString[arguments.Length];
        vector[0] = path;
        for (int i = 0; i < arguments.Length; i++) vector[i + 1] = strings[i] = new NativeString(arguments[i]);
        vector[arguments.Length + 1] = null;

        int child = Libc.Fork();
        if (child == 0)
        {
            Dispositions.RestoreInChild();
            Libc.execv(path, vector);
            Libc.execv(fallback, vector);
            Libc._exit(127);
        }

        int error = child < 0 ? Libc.Errno : 0;
        foreach (NativeString text in strings) text.Dispose();
        return child < 0 ? -error : child;
    }

    /// <summary>Waits for one child.</summary>
    /// <returns>Its exit code as a shell gives it: 128 + the signal's number when one killed it.</returns>
    public static int Wait(int child)
    {
        int status;
        while (Libc.waitpid(child, &status, 0) < 0)
        {
            if (Libc.Errno != Errno.EINTR) return 125;
        }

        return (status & 0x7f) == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f);
    }
}
