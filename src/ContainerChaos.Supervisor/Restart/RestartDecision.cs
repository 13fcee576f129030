namespace ContainerChaos.Supervisor;

/// <summary>What follows the end of a PID 1.</summary>
/// <param name="Restart">Whether another one is started.</param>
/// <param name="Delay">After how long.</param>
public readonly record struct RestartDecision(bool Restart, TimeSpan Delay);
