using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>A system call that waits for whoever holds its filter's listener (seccomp_unotify(2), struct seccomp_notif, 80 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct InterceptedCall
{
    /// <summary>The cookie that it is answered by, unique in its filter; 0 when this is none.</summary>
    public ulong Id;

    /// <summary>The thread that calls, in the PID namespace of whoever received this.</summary>
    public int Thread;

    private readonly uint _flags;

    /// <summary>The call's number on its architecture.</summary>
    public uint Number;

    /// <summary>The architecture (linux/audit.h, AUDIT_ARCH_*).</summary>
    public uint Architecture;

    private readonly ulong _instruction;

    private fixed ulong _arguments[6];

    /// <summary>One of its six arguments, as the register holds it.</summary>
    public readonly ulong Argument(int index) => _arguments[index];
}
