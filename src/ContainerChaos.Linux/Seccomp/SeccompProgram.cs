using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>A compiled filter: a classic BPF program over struct seccomp_data (seccomp(2)).</summary>
public sealed class SeccompProgram
{
    /// <summary>The longest program that the kernel takes (linux/bpf_common.h, BPF_MAXINSNS).</summary>
    public const int MaximumLength = 4096;

    private readonly ulong[] _instructions;

    private SeccompProgram(ulong[] instructions) => _instructions = instructions;

    /// <summary>The machine's own architecture.</summary>
    public static SeccompArchitecture Native { get; } =
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? SeccompArchitecture.AArch64 : SeccompArchitecture.X86_64;

    /// <summary>How many instructions there are. More than <see cref="MaximumLength"/> the kernel refuses.</summary>
    public int Length => _instructions.Length;

    /// <summary>The instructions, each a struct sock_filter.</summary>
    public ReadOnlySpan<ulong> Instructions => _instructions;

    /// <summary>Compiles a policy for this machine.</summary>
    public static SeccompProgram Compile(SeccompPolicy policy) => Compile(policy, Native);

    /// <summary>Compiles a policy for a machine.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="native">The machine's own architecture.</param>
    public static SeccompProgram Compile(SeccompPolicy policy, SeccompArchitecture native) => new(new SeccompCompiler(policy, native).Compile());
}
