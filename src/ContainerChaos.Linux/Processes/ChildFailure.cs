namespace ContainerChaos.Linux;

/// <summary>The step at which a cloned child gave up.</summary>
/// <param name="Step">What the step was to do, as the program's author described it.</param>
/// <param name="Errno">Why it failed.</param>
/// <param name="Stage">The part of the program that the step belongs to.</param>
/// <param name="Call">The system call that failed; null for a step that is none.</param>
public sealed record ChildFailure(string Step, Errno Errno, ChildStage Stage, SystemCallNumber? Call = null);
