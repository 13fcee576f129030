using ContainerChaos.Engine;

namespace ContainerChaos.Scenarios;

/// <summary>An action or a probe that is a piece of a program, and not of a file: a script block, from PowerShell.</summary>
/// <param name="Text">It in a few words.</param>
/// <param name="Run">Runs it for a container and returns what it said; called on a trial's thread, from several at the same time.</param>
public sealed record ScenarioScript(string Text, Func<Container, CancellationToken, ScriptOutput> Run)
{
    /// <summary>Runs it; its failure is the trial's.</summary>
    /// <exception cref="TrialException">It failed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal ScriptOutput Invoke(Container container, CancellationToken cancellationToken)
    {
        try
        {
            return Run(container, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new TrialException($"{Text}: {e.Message}");
        }
    }
}
