using System.Diagnostics;
using ContainerChaos.Engine;

namespace ContainerChaos.Scenarios;

/// <summary>Runs scenarios one after the other, says how it goes, and ends in one report.</summary>
/// <param name="engine">The engine that makes the containers.</param>
public sealed class GameDay(ContainerEngine engine)
{
    /// <summary>Runs it.</summary>
    /// <param name="scenarios">The scenarios, in their order.</param>
    /// <param name="options">How it goes.</param>
    /// <param name="narrate">Called before each scenario, and after it with what came of it; null for nobody.</param>
    /// <param name="cancellationToken">Ends it; what is under way is removed before the exception is thrown.</param>
    /// <returns>What it showed.</returns>
    /// <exception cref="ArgumentException">There is no scenario, or the options leave nothing to try of one.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="Runtime.ContainerException">The engine cannot run containers here at all.</exception>
    public GameDayResult Run(IReadOnlyList<Scenario> scenarios, GameDayOptions options, Action<GameDayChapter>? narrate = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scenarios);
        ArgumentNullException.ThrowIfNull(options);
        if (scenarios.Count == 0)
            throw new ArgumentException("A game day without a scenario shows nothing.", nameof(scenarios));
        // What can't be run is said before the first is.
        ScenarioRunner.Plan(scenarios, options.Run);
        long began = Stopwatch.GetTimestamp();
        var runner = new ScenarioRunner(engine);
        var chapters = new List<GameDayChapter>();
        var reports = new List<ScenarioReport>();
        foreach (Scenario scenario in scenarios)
        {
            if (chapters.Count > 0 && cancellationToken.WaitHandle.WaitOne(options.CoolDown))
                cancellationToken.ThrowIfCancellationRequested();
            var chapter = new GameDayChapter { Number = chapters.Count + 1, Of = scenarios.Count, Scenario = scenario };
            narrate?.Invoke(chapter);
            ScenarioReport report = runner.Run([scenario], options.Run, cancellationToken);
            reports.Add(report);
            chapter = chapter with { Rows = report.Rows, Held = report.AsExpected };
            chapters.Add(chapter);
            narrate?.Invoke(chapter);
            if (options.StopOnFailure && !report.AsExpected)
                break;
        }

        ScenarioReport whole = reports[0] with
        {
            Duration = Stopwatch.GetElapsedTime(began),
            Scenarios = reports.SelectMany(report => report.Scenarios).ToArray(),
            Rows = reports.SelectMany(report => report.Rows).ToArray(),
            Trials = reports.SelectMany(report => report.Trials).ToArray(),
            OpenFaults = reports.SelectMany(report => report.OpenFaults).ToArray(),
            FaultsUndone = reports.Sum(report => report.FaultsUndone),
        };
        return GameDayResult.Of(chapters, scenarios, whole);
    }
}
