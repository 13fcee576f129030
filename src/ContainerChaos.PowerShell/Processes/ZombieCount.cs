namespace ContainerChaos.PowerShell;

/// <summary>How many dead processes of a container nobody reaped, beside how much room its PID table has.</summary>
/// <param name="Name">The container's name.</param>
/// <param name="Count">Processes that are dead and not reaped.</param>
/// <param name="PidsCurrent">Processes and threads that exist, zombies too; null when the container does not run.</param>
/// <param name="PidsMax">The limit of <paramref name="PidsCurrent"/>; null for no limit.</param>
public sealed record ZombieCount(string Name, int Count, long? PidsCurrent, long? PidsMax);
