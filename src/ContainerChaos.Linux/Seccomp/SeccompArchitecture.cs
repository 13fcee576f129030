namespace ContainerChaos.Linux;

/// <summary>A system call convention that a filter can be written for.</summary>
public enum SeccompArchitecture
{
    /// <summary>64-bit x86.</summary>
    X86_64,

    /// <summary>32-bit x86: also what a 64-bit process reaches with <c>int 0x80</c>.</summary>
    X86,

    /// <summary>64-bit x86 with 32-bit pointers: the same machine as <see cref="X86_64"/>, told apart by bit 30 of the number.</summary>
    X32,

    /// <summary>64-bit Arm.</summary>
    AArch64,
}
