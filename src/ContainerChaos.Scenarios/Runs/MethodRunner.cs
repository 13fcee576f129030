using ContainerChaos.Scenarios.Load;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>Runs the method of a trial: its steps one after the other, and what goes on in the background meanwhile.</summary>
internal sealed class MethodRunner(TrialSpec spec, StepRunner steps, TrialWatch watch, TrialLog log)
{
    /// <summary>Runs all steps that can be done. Nothing of the background is left when this returns or throws, unless it stops after a step that the trial is to be left at.</summary>
    /// <returns>The faults in force, when it was stopped after a step; else null.</returns>
    internal IReadOnlyList<FaultRecord>? Run(CancellationToken cancellationToken)
    {
        var background = new List<RunningAct>();
        bool isHeld = false;
        try
        {
            foreach ((int index, ScenarioStep step) in spec.Scenario.Steps.Index())
            {
                watch.WaitUntil(MonotonicClock.Now + (step.After.Ticks * 100), cancellationToken);
                if (!steps.CanRun(step))
                    break;
                if (index == spec.StopAfter)
                {
                    // For as long as somebody looks.
                    steps.Act(step with { Acts = [.. step.Acts.Select(act => act.Lasts ? act with { Duration = StepSection.LongestTrial } : act)] }, background, cancellationToken);
                    isHeld = true;
                    return [.. background.Select(act => act.Fault?.Record).OfType<FaultRecord>()];
                }

                if (step.IsBackground)
                {
                    steps.Act(step, background, cancellationToken);
                }
                else
                {
                    StepResult result = steps.Run(step, cancellationToken);
                    log.Steps.Add(result);
                    log.Conclude(result.ToString());
                }

                watch.WaitUntil(MonotonicClock.Now + (step.Pause.Ticks * 100), cancellationToken);
            }
        }
        finally
        {
            // What came last may stand on what came first.
            foreach (RunningAct act in Enumerable.Reverse(background))
            {
                if (isHeld)
                    act.Fault?.Dispose();
                else
                    act.End(log);
            }
        }

        return spec.StopAfter is null ? null : throw new TrialException($"{spec.Scenario.Steps[spec.StopAfter.Value].Label} was never come to: a step before it ended the container for good");
    }
}
