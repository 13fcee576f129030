namespace ContainerChaos.Runtime;

/// <summary>Which system calls a container may make (runtime-spec, config-linux: Seccomp).</summary>
public sealed record SeccompSpec
{
    /// <summary>What happens to a call that no rule names, as SCMP_ACT_ERRNO.</summary>
    public string DefaultAction { get; set => field = value ?? ""; } = "";

    /// <summary>The error number of that action; null is EPERM.</summary>
    public uint? DefaultErrnoRet { get; init; }

    /// <summary>The architectures whose calls are looked at, as SCMP_ARCH_X86_64; the native one always is.</summary>
    public IReadOnlyList<string> Architectures { get; set => field = value ?? []; } = [];

    /// <summary>Flags for seccomp(2), as SECCOMP_FILTER_FLAG_LOG; without a list, other than an empty one, SPEC_ALLOW, as runc and crun do.</summary>
    public IReadOnlyList<string>? Flags { get; init; }

    /// <summary>The socket of the agent that answers SCMP_ACT_NOTIFY.</summary>
    public string? ListenerPath { get; init; }

    /// <summary>What the agent is told besides the container's state.</summary>
    public string? ListenerMetadata { get; init; }

    /// <summary>The rules.</summary>
    public IReadOnlyList<SeccompSyscallSpec> Syscalls { get; set => field = value ?? []; } = [];
}
