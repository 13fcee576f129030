using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Where an <see cref="InjectedProgram"/> runs.</summary>
public sealed record InjectionPlace
{
    /// <summary>The version 1 files that it writes <c>0</c> to.</summary>
    public required IReadOnlyList<string> JoinFiles { get; init; }

    /// <summary>The version 2 directory that it is born in; null for none.</summary>
    public string? UnifiedDirectory { get; init; }

    /// <summary>What errors call the place.</summary>
    public required string Description { get; init; }

    /// <summary>The process whose PID namespace it joins; null for the host's.</summary>
    public PidFd? Container { get; init; }

    /// <summary>The PID of <see cref="Container"/>.</summary>
    public int Pid { get; init; }
}
