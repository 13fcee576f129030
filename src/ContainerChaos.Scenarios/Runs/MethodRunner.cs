using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios;

/// <summary>Runs the method of a trial: its steps one after the other, and what goes on in the background meanwhile.</summary>
internal sealed class MethodRunner(Scenario scenario, StepRunner steps, TrialWatch watch, TrialLog log)
{
    /// <summary>Runs all steps that can be done. Nothing of the background is left when this returns or throws.</summary>
    internal void Run(CancellationToken cancellationToken)
    {
        var background = new List<RunningAct>();
        try
        {
            foreach (ScenarioStep step in scenario.Steps)
            {
                watch.WaitUntil(MonotonicClock.Now + (step.After.Ticks * 100), cancellationToken);
                if (!steps.CanRun(step))
                    break;
                if (step.IsBackground)
                {
                    steps.Act(step, background, cancellationToken);
                    continue;
                }

                StepResult result = steps.Run(step, cancellationToken);
                log.Steps.Add(result);
                log.Tell(result.ToString());
            }
        }
        finally
        {
            // What came last may stand on what came first.
            foreach (RunningAct act in Enumerable.Reverse(background))
                act.End(log);
        }
    }
}
