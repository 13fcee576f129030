namespace ContainerChaos.Build;

/// <summary><c>gameday</c>: runs the scenarios from PowerShell where there is one, else through containerchaos.</summary>
internal static class GameDayTask
{
    public static int Run(Repository repository, string[] arguments)
    {
        BuildTask.Run(repository, []);
        var output = Directory.CreateDirectory(repository.Combine("artifacts", "gameday")).FullName;
        if (PowerShellHost.Find(repository, out var reason) is { } pwsh)
        {
            return Command.Foreground(pwsh.Program, pwsh.Arguments("-Command", Script(repository.ModuleManifest, output)));
        }

        Console.WriteLine($"game day: {reason}, so it runs through containerchaos");
        return Command.Foreground(
            Path.Combine(repository.Binaries, "containerchaos"),
            ["gameday", "--output", output, .. arguments]);
    }

    // Ends in 1 when a scenario's outcome is not the one its file expects.
    private static string Script(string module, string output) =>
        $$"""
        $ErrorActionPreference = 'Stop'
        Import-Module '{{module}}'
        $rows = Invoke-ChaosScenario memory-overrun, ignored-sigterm, zombie-storm, rolling-update -ReportPath '{{output}}/report.html', '{{output}}/report.json', '{{output}}/report.md'
        if ([Console]::IsOutputRedirected) {
            # Nobody's terminal: as wide as the tables are, and without colours.
            $PSStyle.OutputRendering = 'PlainText'
            $rows | Out-String -Width 160
        } else { $rows | Out-Default }
        '{{output}}/report.html, report.json, report.md'
        exit [int]($rows.AsExpected -contains $false)
        """;
}
