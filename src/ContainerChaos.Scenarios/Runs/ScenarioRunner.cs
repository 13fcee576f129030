using ContainerChaos.Engine;

namespace ContainerChaos.Scenarios;

/// <summary>Runs scenarios: trials on fresh containers, watched from outside, and always cleaned up.</summary>
/// <param name="engine">The engine that makes the containers.</param>
public sealed partial class ScenarioRunner(ContainerEngine engine)
{
    /// <summary>The engine that makes the containers.</summary>
    public ContainerEngine Engine { get; } = engine;

    /// <summary>What a run would do.</summary>
    /// <param name="scenarios">The scenarios.</param>
    /// <param name="options">How they would be run.</param>
    /// <returns>Counts and the estimated time.</returns>
    /// <exception cref="ArgumentException">The options leave nothing to try.</exception>
    public static ScenarioPlan Plan(IEnumerable<Scenario> scenarios, RunOptions options) => throw new NotImplementedException();

    /// <summary>Runs scenarios, one after the other.</summary>
    /// <param name="scenarios">The scenarios.</param>
    /// <param name="options">How they are run.</param>
    /// <param name="cancellationToken">Ends the run; its containers are removed before the exception is thrown.</param>
    /// <returns>The report.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="Runtime.ContainerException">The engine cannot run containers here at all.</exception>
    public ScenarioReport Run(IEnumerable<Scenario> scenarios, RunOptions options, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();
}
