using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>System calls of a container that somebody outside answers for, so that they can be made to fail or to take their time.</summary>
/// <param name="Calls">Their names.</param>
/// <param name="Take">Takes the listener (<see cref="CallListener"/>) before the command is executed; the descriptor is the caller's, and closed afterwards.</param>
public sealed record FaultPoints(IReadOnlyList<string> Calls, Action<FileDescriptor> Take);
