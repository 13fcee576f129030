using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>A guess at how long a trial takes, for <see cref="ScenarioPlan"/>: the waits that a step is known to have.</summary>
internal static class DurationEstimate
{
    internal static double Seconds(Scenario scenario, ScenarioCell cell)
    {
        ScenarioTarget target = cell.Variant?.Target ?? scenario.Target;
        double steady = scenario.Steady.Window.TotalSeconds * scenario.Steady.Windows;
        double seconds = 0.15 + steady;
        TimeSpan delay = TimeSpan.Zero;
        int restarts = 0;
        foreach (ScenarioStep step in scenario.Steps)
        {
            seconds += step.After.TotalSeconds;
            if (step.IsBackground)
                continue;
            if (scenario.Expectations.FirstOrDefault(e => e.Matches(cell, step.Label))?.Outcome == ExpectedOutcome.StaysDown)
            {
                seconds += step.EffectIsExit ? step.Observe.TotalSeconds + Stop(step) : step.Timeout.TotalSeconds;
                if (step.EffectIsExit && (step.Does(ScenarioAction.Request) || step.Does(ScenarioAction.Crash)))
                    break;
                continue;
            }

            seconds += steady + 0.05 + Stop(step) + (step.EffectIsExit ? 0 : step.Length.TotalSeconds);
            if (step.EffectIsExit && (step.Does(ScenarioAction.Request) || step.Does(ScenarioAction.Crash)) && cell.Policy.Kind != RestartPolicyKind.No)
            {
                delay = restarts++ == 0 ? target.RestartDelay.Initial : target.RestartDelay.Next(delay);
                seconds += delay.TotalSeconds;
            }
        }

        return seconds;

        // Whether the service hears the signal is what the scenario finds out; half is the guess.
        double Stop(ScenarioStep step) =>
            step.Does(ScenarioAction.Stop) || step.Does(ScenarioAction.Restart) || step.Does(ScenarioAction.Replace) ? target.StopTimeout.TotalSeconds / 2 : 0;
    }
}
