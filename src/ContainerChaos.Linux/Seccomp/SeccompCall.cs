namespace ContainerChaos.Linux;

/// <summary>A rule with conditions on one architecture.</summary>
/// <param name="Action">What happens.</param>
/// <param name="Conditions">What must hold.</param>
/// <param name="IsNarrow">Whether only the lower halves of arguments count.</param>
internal readonly record struct SeccompCall(SeccompAction Action, IReadOnlyList<SeccompCondition> Conditions, bool IsNarrow);
