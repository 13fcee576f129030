namespace ContainerChaos.Linux;

/// <summary>Numbers with one outcome, up to where the next range starts.</summary>
/// <param name="Start">The first of them.</param>
/// <param name="Action">The outcome without conditions.</param>
/// <param name="Calls">The rules of a single call with conditions; null otherwise.</param>
internal readonly record struct SeccompRange(uint Start, SeccompAction Action, List<SeccompCall>? Calls = null);
