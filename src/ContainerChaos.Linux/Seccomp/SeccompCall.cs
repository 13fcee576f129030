namespace ContainerChaos.Linux;

/// <summary>A rule on one architecture.</summary>
/// <param name="Number">The call's number as the kernel sees it.</param>
/// <param name="Order">The rule's place among all.</param>
/// <param name="Action">What happens.</param>
/// <param name="Conditions">What must hold.</param>
/// <param name="IsNarrow">Whether only the lower halves of arguments count.</param>
internal readonly record struct SeccompCall(uint Number, int Order, SeccompAction Action, IReadOnlyList<SeccompCondition> Conditions, bool IsNarrow);
