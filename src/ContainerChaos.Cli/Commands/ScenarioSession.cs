using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios;
using ContainerChaos.Scenarios.Reports;

namespace ContainerChaos.Cli;

/// <summary>Runs scenarios for a person or a pipeline: progress, the table, the reports, and an exit code.</summary>
internal static class ScenarioSession
{
    internal static int Run(
        Func<IReadOnlyList<Scenario>> find, RunOptions options, bool whatIf, string? html, string? json, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<Scenario> scenarios = find();
            ScenarioPlan plan = ScenarioRunner.Plan(scenarios, options);
            foreach (ScenarioPlanEntry entry in plan.Scenarios)
                Console.WriteLine((whatIf ? "What if: " : "") + entry);
            if (whatIf)
                return ExitCode.AsExpected;
            ScenarioReport report = ProgressView.Show(
                plan,
                progress => new ScenarioRunner(new ContainerEngine()).Run(scenarios, options with { Progress = progress }, cancellationToken));
            ResultTable.Write(report);
            Write(html, path => ReportWriter.WriteHtml(report, path));
            Write(json, path => ReportWriter.WriteJson(report, path));
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

    private static void Write(string? path, Action<string> write)
    {
        if (path is null)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        write(path);
        Console.WriteLine($"wrote {Path.GetRelativePath(Environment.CurrentDirectory, path)}");
    }

    private static int Fail(string message, string? remedy, int code)
    {
        Console.Error.WriteLine("containerchaos: " + message);
        if (remedy is { Length: > 0 })
            Console.Error.WriteLine("                " + remedy);
        return code;
    }
}
