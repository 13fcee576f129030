namespace ContainerChaos.Linux;

/// <summary>What happens to a call, always or where all conditions hold.</summary>
/// <param name="Name">The call; a name that the kernel does not know, or not on an architecture, is skipped there.</param>
/// <param name="Action">What happens.</param>
/// <param name="Conditions">What must hold; none for always.</param>
public sealed record SeccompRule(string Name, SeccompAction Action, IReadOnlyList<SeccompCondition> Conditions);
