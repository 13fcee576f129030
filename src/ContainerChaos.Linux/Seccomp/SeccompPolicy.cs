namespace ContainerChaos.Linux;

/// <summary>What a process may call, in names; <see cref="SeccompProgram"/> makes a filter of it.</summary>
public sealed record SeccompPolicy
{
    /// <summary>What happens to a call that no rule applies to.</summary>
    public required SeccompAction DefaultAction { get; init; }

    /// <summary>
    /// The architectures that the rules are for; the machine's own is always one of them. A call by any other ends
    /// its thread (<see cref="SeccompAction.KillThread"/>, libseccomp's choice).
    /// </summary>
    public IReadOnlyList<SeccompArchitecture> Architectures { get; init; } = [];

    /// <summary>
    /// The rules. For one call, a rule without conditions outranks those with some; else the first that applies decides.
    /// A rule with the default's own action is left out beforehand. This is how runc and libseccomp take a profile.
    /// </summary>
    public IReadOnlyList<SeccompRule> Rules { get; init; } = [];

    /// <summary>
    /// Whether a call with a number above all those that the rules name on its architecture fails with ENOSYS, as on a
    /// kernel without it, rather than getting the default action: programs fall back on ENOSYS, not on EPERM. Only
    /// where the default action keeps a call from happening.
    /// </summary>
    public bool NewerCallsAreUnknown { get; init; } = true;
}
