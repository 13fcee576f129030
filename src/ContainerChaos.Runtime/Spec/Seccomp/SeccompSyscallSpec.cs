namespace ContainerChaos.Runtime;

/// <summary>One rule about system calls.</summary>
public sealed record SeccompSyscallSpec
{
    /// <summary>The calls.</summary>
    public IReadOnlyList<string> Names { get; set => field = value ?? []; } = [];

    /// <summary>What happens to them.</summary>
    public string Action { get; set => field = value ?? ""; } = "";

    /// <summary>The error number of that action; null is EPERM.</summary>
    public uint? ErrnoRet { get; init; }

    /// <summary>What must be so of their arguments; all of it.</summary>
    public IReadOnlyList<SeccompArgumentSpec> Args { get; set => field = value ?? []; } = [];
}
