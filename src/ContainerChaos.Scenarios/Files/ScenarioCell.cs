using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>One combination that a scenario tries.</summary>
/// <param name="Variant">The variant, or null for the scenario as it is.</param>
/// <param name="Policy">The restart policy.</param>
/// <param name="Init">Whether PID 1 is the runtime's init.</param>
public sealed record ScenarioCell(ScenarioVariant? Variant, RestartPolicy Policy, bool Init);
