using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios;
using ContainerChaos.Scenarios.Reports;
using ContainerChaos.Scenarios.Telemetry;

namespace ContainerChaos.Cli;

/// <summary>Runs scenarios for a person or a pipeline: progress, the table, the reports, and an exit code.</summary>
internal static class ScenarioSession
{
    internal static int Run(
        Func<IReadOnlyList<Scenario>> find, RunOptions options, bool whatIf, bool verbose, IReadOnlyList<string> reports, CancellationToken cancellationToken,
        GameDayOptions? gameDay = null)
    {
        try
        {
            foreach (string path in reports)
                ReportWriter.FormatOf(path);
            IReadOnlyList<Scenario> scenarios = find();
            ScenarioPlan plan = ScenarioRunner.Plan(scenarios, options);
            foreach (ScenarioPlanEntry entry in plan.Scenarios)
                Console.WriteLine((whatIf ? "What if: " : "") + entry);
            if (whatIf)
                return ExitCode.AsExpected;
            var engine = new ContainerEngine();
            GameDayResult? day = null;
            ScenarioReport report = ProgressView.Show(plan, verbose, (progress, narrate) =>
            {
                RunOptions shown = options with { Progress = progress };
                if (gameDay is null)
                    return new ScenarioRunner(engine).Run(scenarios, shown, cancellationToken);
                day = new GameDay(engine).Run(scenarios, gameDay with { Run = shown }, chapter => narrate(chapter.ToString()), cancellationToken);
                return day.Report;
            });
            if (report.Trials is [{ Held: { } held }])
                return Hold(held, engine, cancellationToken);
            ResultTable.Write(report);
            if (day is not null)
                Tell(day);
            foreach (string path in reports)
                Write(report, path);
            Record(engine, report);
            return report.AsExpected ? ExitCode.AsExpected : ExitCode.NotAsExpected;
        }
        catch (Exception e) when (e is ScenarioFileException or FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            return Fail(e.Message, null, ExitCode.Usage);
        }
        catch (ContainerException e)
        {
            return Fail(e.Message, e.Remedy, ExitCode.EngineError);
        }
        catch (OperationCanceledException)
        {
            return Fail("interrupted; every container of the run is removed", null, ExitCode.Interrupted);
        }
    }

    /// <summary>Its faults end with this process, so it stays until somebody has seen enough.</summary>
    private static int Hold(TrialHold held, ContainerEngine engine, CancellationToken cancellationToken)
    {
        Console.WriteLine(held);
        Console.WriteLine("  or press Ctrl-C here, which cleans up.");
        cancellationToken.WaitHandle.WaitOne();
        held.End(engine);
        return ExitCode.AsExpected;
    }

    private static void Tell(GameDayResult day)
    {
        Console.WriteLine(day);
        foreach (GameDayFinding finding in day.Findings)
            Console.WriteLine($"  {finding}");
    }

    private static void Write(ScenarioReport report, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        ReportWriter.Write(report, path);
        Console.WriteLine($"wrote {Path.GetRelativePath(Environment.CurrentDirectory, path)}");
    }

    private static void Record(ContainerEngine engine, ScenarioReport report)
    {
        if (RunTelemetry.Send(report) is { } problem)
            Console.Error.WriteLine($"containerchaos: the run did not reach the OpenTelemetry collector: {problem}");
        try
        {
            ResultHistory.Of(engine.Options).Add(report);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"containerchaos: the run is not in the history: {e.Message}");
        }
    }

    private static int Fail(string message, string? remedy, int code)
    {
        Console.Error.WriteLine("containerchaos: " + message);
        if (remedy is { Length: > 0 })
            Console.Error.WriteLine("                " + remedy);
        return code;
    }
}
