namespace ContainerChaos.Linux;

/// <summary>What a filter says of a call: the value that its program returns (seccomp(2), SECCOMP_RET_*).</summary>
/// <param name="Value">The action in the upper 16 bits, its data in the lower.</param>
public readonly record struct SeccompAction(uint Value)
{
    /// <summary>The largest error number that the kernel returns (include/linux/err.h, MAX_ERRNO).</summary>
    public const int MaximumErrno = 4095;

    private const uint SECCOMP_RET_ERRNO = 0x0005_0000, SECCOMP_RET_TRACE = 0x7FF0_0000;

    /// <summary>Ends the whole process, as if of SIGSYS.</summary>
    public static SeccompAction KillProcess { get; } = new(0x8000_0000);

    /// <summary>Ends the calling thread, as if of SIGSYS.</summary>
    public static SeccompAction KillThread { get; } = new(0);

    /// <summary>Sends the thread SIGSYS.</summary>
    public static SeccompAction Trap { get; } = new(0x0003_0000);

    /// <summary>Asks whoever holds the filter's listener (seccomp_unotify(2)).</summary>
    public static SeccompAction Notify { get; } = new(0x7FC0_0000);

    /// <summary>Lets the call happen and logs it.</summary>
    public static SeccompAction Log { get; } = new(0x7FFC_0000);

    /// <summary>Lets the call happen.</summary>
    public static SeccompAction Allow { get; } = new(0x7FFF_0000);

    /// <summary>Whether the call happens, possibly with a tracer's help.</summary>
    internal bool Permits => Value >= SECCOMP_RET_TRACE && Value <= Allow.Value;

    /// <summary>The call does not happen and fails with an error number.</summary>
    /// <param name="errno">0 to <see cref="MaximumErrno"/>.</param>
    public static SeccompAction Error(int errno) => new(SECCOMP_RET_ERRNO | (ushort)errno);

    /// <summary>Tells the tracer; without one the call fails with ENOSYS.</summary>
    /// <param name="data">What the tracer is told, 16 bits.</param>
    public static SeccompAction Trace(int data) => new(SECCOMP_RET_TRACE | (ushort)data);
}
