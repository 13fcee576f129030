using System.Runtime.InteropServices;

namespace ContainerChaos.Target.Native;

internal static unsafe partial class Libc
{
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGKILL = 9;
    public const int SIGSEGV = 11;
    public const int SIGTERM = 15;
    public const int SIGCHLD = 17;
    public const int SIG_BLOCK = 0;
    public const int SIG_UNBLOCK = 1;
    public const int SIG_SETMASK = 2;
    public const nint SIG_DFL = 0;
    public const nint SIG_IGN = 1;

    [DllImport(Library), SuppressGCTransition]
    public static extern int sigaction(int signal, SignalAction* action, SignalAction* previous);

    [DllImport(Library), SuppressGCTransition]
    public static extern int pthread_sigmask(int how, SignalSet* set, SignalSet* previous);

    [DllImport(Library)]
    public static extern int sigwaitinfo(SignalSet* set, byte* information);

    [DllImport(Library), SuppressGCTransition]
    public static extern int sigtimedwait(SignalSet* set, byte* information, TimeSpec* timeout);

    [DllImport(Library), SuppressGCTransition]
    public static extern int kill(int pid, int signal);

    [DllImport(Library)]
    public static extern int pause();
}
