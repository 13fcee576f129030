using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>What the names in a checked seccomp section stand for (<see cref="SeccompValidation"/>; they are those of seccomp.h).</summary>
internal static class SeccompNames
{
    /// <summary>An action with its error number; EPERM where none is given.</summary>
    internal static SeccompAction Action(string name, uint? errno) => name switch
    {
        "SCMP_ACT_ERRNO" => SeccompAction.Error((int)(errno ?? (uint)Errno.EPERM)),
        "SCMP_ACT_KILL_PROCESS" => SeccompAction.KillProcess,
        "SCMP_ACT_LOG" => SeccompAction.Log,
        "SCMP_ACT_NOTIFY" => SeccompAction.Notify,
        "SCMP_ACT_TRACE" => SeccompAction.Trace((int)(errno ?? (uint)Errno.EPERM)),
        "SCMP_ACT_TRAP" => SeccompAction.Trap,
        "SCMP_ACT_ALLOW" => SeccompAction.Allow,
        _ => SeccompAction.KillThread, // SCMP_ACT_KILL_THREAD, and by its older name SCMP_ACT_KILL
    };

    /// <summary>A comparison.</summary>
    internal static SeccompComparison Comparison(string name) => name switch
    {
        "SCMP_CMP_NE" => SeccompComparison.NotEqual,
        "SCMP_CMP_LT" => SeccompComparison.Less,
        "SCMP_CMP_LE" => SeccompComparison.LessOrEqual,
        "SCMP_CMP_GE" => SeccompComparison.GreaterOrEqual,
        "SCMP_CMP_GT" => SeccompComparison.Greater,
        "SCMP_CMP_MASKED_EQ" => SeccompComparison.MaskedEqual,
        _ => SeccompComparison.Equal,
    };

    /// <summary>An architecture; null for one that no machine is that this runtime runs on: nobody calls by it here, so a filter needs no part for it.</summary>
    internal static SeccompArchitecture? Architecture(string name) => name switch
    {
        "SCMP_ARCH_X86_64" => SeccompArchitecture.X86_64,
        "SCMP_ARCH_X86" => SeccompArchitecture.X86,
        "SCMP_ARCH_X32" => SeccompArchitecture.X32,
        "SCMP_ARCH_AARCH64" => SeccompArchitecture.AArch64,
        _ => null,
    };

    /// <summary>A flag. SECCOMP_FILTER_FLAG_TSYNC is none: a process about to execute its command has one thread.</summary>
    internal static SeccompFlags Flag(string name) => name switch
    {
        "SECCOMP_FILTER_FLAG_LOG" => SeccompFlags.Log,
        "SECCOMP_FILTER_FLAG_SPEC_ALLOW" => SeccompFlags.AllowSpeculation,
        "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" => SeccompFlags.WaitKillable,
        _ => SeccompFlags.None,
    };
}
