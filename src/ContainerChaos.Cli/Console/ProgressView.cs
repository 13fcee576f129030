using ContainerChaos.Scenarios;
using Spectre.Console;

namespace ContainerChaos.Cli;

/// <summary>Shows how far a run is: a live bar a scenario on a terminal, and plain lines into a file or a pipe.</summary>
internal static class ProgressView
{
    /// <summary>Shows a run while it lasts.</summary>
    /// <param name="plan">What is going to be run.</param>
    /// <param name="everyStep">Whether each small step is a line.</param>
    /// <param name="run">Runs it; takes where progress goes, and who tells a line where there are no bars, which tell it themselves.</param>
    internal static ScenarioReport Show(ScenarioPlan plan, bool everyStep, Func<IProgress<ScenarioProgress>, Action<string>, ScenarioReport> run) =>
        AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected && !everyStep
            ? Live(plan, progress => run(progress, _ => { }))
            : run(new Lines(everyStep), Console.WriteLine);

    private static ScenarioReport Live(ScenarioPlan plan, Func<IProgress<ScenarioProgress>, ScenarioReport> run)
    {
        int width = plan.Scenarios.Max(s => s.Scenario.Length);
        return AnsiConsole.Progress()
            .AutoClear(false)
            .HideCompleted(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 24, CompletedStyle = new Style(Color.Teal), FinishedStyle = new Style(Color.Green) },
                new ElapsedTimeColumn())
            .Start(context =>
            {
                Dictionary<string, ProgressTask> tasks = plan.Scenarios.ToDictionary(
                    s => s.Scenario,
                    s => context.AddTask(Markup.Escape(s.Scenario.PadRight(width)), autoStart: false, maxValue: s.Trials));
                return run(new Listener(p =>
                {
                    ProgressTask task = tasks[p.Scenario];
                    if (!task.IsStarted)
                        task.StartTask();
                    task.Value = p.Completed;
                    string name = Markup.Escape($"{p.Scenario.PadRight(width)} {p.Sparkline}");
                    task.Description = p.Completed == p.Total
                        ? name
                        : $"{name} [grey]{Markup.Escape(p.Position)}[/]\n[grey]  {Markup.Escape(p.Stage)}[/]";
                    if (p.Completed == p.Total)
                        task.StopTask();
                }));
            });
    }

    private sealed class Listener(Action<ScenarioProgress> show) : IProgress<ScenarioProgress>
    {
        private readonly Lock _lock = new();

        public void Report(ScenarioProgress value)
        {
            lock (_lock)
                show(value);
        }
    }

    private sealed class Lines(bool everyStep) : IProgress<ScenarioProgress>
    {
        public void Report(ScenarioProgress value)
        {
            if (value.Stage != "done" && (everyStep || !value.IsDetail))
                Console.WriteLine($"[{value.Elapsed.TotalSeconds,5:0.0} s] {value.Scenario}  {value.Position}  {value.Stage}");
        }
    }
}
