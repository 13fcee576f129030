namespace ContainerChaos.Linux;

/// <summary>A comparison that a rule needs to apply.</summary>
/// <param name="Argument">The call's argument, 0 to 5.</param>
/// <param name="Comparison">The comparison.</param>
/// <param name="Value">The value.</param>
/// <param name="Mask">The bits that count; all of them but for <see cref="SeccompComparison.MaskedEqual"/>.</param>
/// <remarks>On the two architectures with 32-bit arguments (x86 and x32) only the lower halves are compared, as libseccomp does it.</remarks>
public readonly record struct SeccompCondition(int Argument, SeccompComparison Comparison, ulong Value, ulong Mask = ulong.MaxValue);
