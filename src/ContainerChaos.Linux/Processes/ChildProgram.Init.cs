using System.Runtime.CompilerServices;

namespace ContainerChaos.Linux;

public sealed unsafe partial class ChildProgram
{
    private const int SIGCHLD = 17;

    /// <summary>
    /// PID 1 of a container that was started with an init. Every signal is blocked since the clone, so none is lost
    /// and none interrupts: each is taken off the queue in turn (sigtimedwait(2)). Its calls are no fault points of the container's.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void RunAsInit(int command, byte* arguments, long argumentsLength)
    {
        const int PR_SET_NAME = 15;
        Libc.RawSystemCall((nint)SystemCallNumber.close_range, 3, unchecked((nint)uint.MaxValue), 0, 0, 0, 0);
        var name = stackalloc byte[16];
        name[0] = (byte)'c'; name[1] = (byte)'c'; name[2] = (byte)'-'; name[3] = (byte)'i'; name[4] = (byte)'n'; name[5] = (byte)'i'; name[6] = (byte)'t'; name[7] = 0;
        Libc.RawSystemCall((nint)SystemCallNumber.prctl, PR_SET_NAME, (nint)name, 0, 0, 0, 0);
        // The command line that /proc shows lies in our own memory, and still says what the monitor was started with.
        for (var i = 0L; i < argumentsLength; i++)
            arguments[i] = i < 8 ? name[i] : (byte)0;

        var all = ulong.MaxValue;
        while (true)
        {
            var signal = (int)Libc.RawSystemCall((nint)SystemCallNumber.rt_sigtimedwait, (nint)(&all), 0, 0, sizeof(ulong), 0, Signature);
            if (signal == SIGCHLD)
                ReapAll(command);
            else if (signal > 0)
                Libc.RawSystemCall((nint)SystemCallNumber.kill, command, signal, 0, 0, 0, Signature);
        }
    }

    private static void ReapAll(int command)
    {
        const int WNOHANG = 1;
        while (true)
        {
            var status = 0;
            var pid = (int)Libc.RawSystemCall((nint)SystemCallNumber.wait4, -1, (nint)(&status), WNOHANG, 0, 0, Signature);
            if (pid <= 0)
                return;
            // wait(2): a status whose low seven bits are zero is an exit with the code above them, else a signal's number.
            if (pid == command)
                Exit((status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F));
        }
    }
}
