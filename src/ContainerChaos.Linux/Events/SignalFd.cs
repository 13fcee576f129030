using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>Blocked signals as something to wait for (signalfd(2)). A set of them is the kernel's sigset_t: signal n is bit n - 1.</summary>
/// <remarks>
/// A signal to the process goes to any thread that does not block it, so all have to: a process whose mask blocks them at its
/// execve(2) passes the mask on to every thread of the runtime (see <see cref="OwnExecutable.Protect"/>).
/// </remarks>
public sealed unsafe class SignalFd : FileDescriptor
{
    private const int SIG_BLOCK = 0, SIG_UNBLOCK = 1, SetSize = sizeof(ulong);

    private SignalFd(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Opens a descriptor that is readable when one of the signals is pending.</summary>
    public static SignalFd Create(ulong signals)
    {
        const int SFD_CLOEXEC = 0x80000, SFD_NONBLOCK = 0x800;
        return new SignalFd((int)Libc.Checked("signalfd4", null, Libc.SystemCall((nint)SystemCallNumber.signalfd4, -1, (nint)(&signals), SetSize, SFD_CLOEXEC | SFD_NONBLOCK)));
    }

    /// <summary>Takes the next signal off; null when none is pending.</summary>
    public int? TryRead()
    {
        // struct signalfd_siginfo: 128 bytes, the number first.
        Span<byte> information = stackalloc byte[128];
        return Read(information) == information.Length ? MemoryMarshal.Read<int>(information) : null;
    }

    /// <summary>Blocks signals for the calling thread, and for what it executes or clones.</summary>
    public static void Block(ulong signals) => Change(SIG_BLOCK, signals);

    /// <summary>Lets signals through to the calling thread: those that are pending take their effect at once.</summary>
    public static void Unblock(ulong signals) => Change(SIG_UNBLOCK, signals);

    /// <summary>Whether the calling thread blocks all of these signals.</summary>
    public static bool AreBlocked(ulong signals)
    {
        ulong now;
        Libc.Checked("rt_sigprocmask", null, Libc.SystemCall((nint)SystemCallNumber.rt_sigprocmask, SIG_BLOCK, 0, (nint)(&now), SetSize));
        return (now & signals) == signals;
    }

    private static void Change(int how, ulong signals) =>
        Libc.Checked("rt_sigprocmask", null, Libc.SystemCall((nint)SystemCallNumber.rt_sigprocmask, how, (nint)(&signals), 0, SetSize));
}
