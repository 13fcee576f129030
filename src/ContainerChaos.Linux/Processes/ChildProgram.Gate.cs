using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

public sealed unsafe partial class ChildProgram
{
    /// <summary>
    /// Appends a move of the two descriptors by which the child talks to its parent, to <paramref name="place"/> and the number
    /// behind it, whatever is open there: the steps after it may close all others.
    /// </summary>
    public void MoveReports(string step, int place) => Append(step, ChildCall.MoveReports, [place]);

    /// <summary>
    /// Appends a wait for a byte from <paramref name="gate"/>. A signal from <paramref name="signals"/> ends the child with exit
    /// code 128 and its number: the first process of a pid namespace is deaf to what it has no handler for (pid_namespaces(7)).
    /// </summary>
    /// <param name="step">What is waited for.</param>
    /// <param name="gate">A slot with the descriptor that the byte comes from.</param>
    /// <param name="signals">A slot with a signalfd(2).</param>
    public void WaitAtGate(string step, ChildSlot gate, ChildSlot signals) => Append(step, ChildCall.WaitAtGate, [gate, signals]).Expecting(1);

    /// <summary>In the child: no allocation, no call into the runtime.</summary>
    private static long WaitAtGate(int gate, int signals)
    {
        // struct pollfd: the descriptor, 16 bits of what is waited for, 16 bits of what came.
        const long POLLIN = 1L << 32;
        var waits = stackalloc long[2];
        var signal = stackalloc int[32];
        do
        {
            waits[0] = (uint)gate | POLLIN;
            waits[1] = (uint)signals | POLLIN;
            if (Libc.RawSystemCall((nint)SystemCallNumber.poll, (nint)waits, 2, -1, 0, 0, 0) == -1)
            {
                if (Marshal.GetLastSystemError() == (int)Errno.EINTR)
                    continue;
                // A filter that is loaded by now denies it: then only the byte is waited for.
                break;
            }
            if (waits[1] >> 48 != 0 && Libc.RawSystemCall((nint)SystemCallNumber.read, signals, (nint)signal, 128, 0, 0, 0) == 128)
                Exit(128 + signal[0]);
        }
        while (waits[0] >> 48 == 0);
        return Libc.RawSystemCall((nint)SystemCallNumber.read, gate, (nint)signal, 1, 0, 0, 0);
    }

    private static long Move(ref int descriptor, long place)
    {
        var moved = Libc.RawSystemCall((nint)SystemCallNumber.dup3, descriptor, (nint)place, (nint)OpenFlags.O_CLOEXEC, 0, 0, 0);
        if (moved == -1)
            return -1;
        Libc.RawSystemCall((nint)SystemCallNumber.close, descriptor, 0, 0, 0, 0, 0);
        descriptor = (int)moved;
        return moved;
    }
}
