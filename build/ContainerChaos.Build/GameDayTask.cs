namespace ContainerChaos.Build;

/// <summary><c>gameday</c>: runs the scenarios from PowerShell where there is one, else through containerchaos.</summary>
internal static class GameDayTask
{
    public static int Run(Repository repository, string[] arguments)
    {
        BuildTask.Run(repository, []);
        var output = Directory.CreateDirectory(repository.Combine("artifacts", "gameday")).FullName;
        var scenarios = repository.Combine("scenarios");
        var script = Path.Combine(scenarios, "gameday.ps1");
        if (PowerShellHost.Find(repository, out var reason) is { } pwsh && File.Exists(script))
        {
            return Command.Foreground(
                pwsh.Program, pwsh.Arguments(["-File", script, "-Module", repository.ModuleManifest, "-Output", output, .. arguments]));
        }

        if (reason.Length > 0)
        {
            Console.WriteLine($"game day: {reason}; it runs through containerchaos");
        }

        return Command.Foreground(
            Path.Combine(repository.Binaries, "containerchaos"), ["gameday", "--scenarios", scenarios, "--output", output, .. arguments]);
    }
}
