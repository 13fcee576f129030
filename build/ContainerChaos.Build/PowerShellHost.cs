namespace ContainerChaos.Build;

/// <summary>A pwsh new enough for the module, from PATH or from the .NET tool in the manifest.</summary>
internal sealed record PowerShellHost(string Program, string[] Prefix)
{
    private static readonly Version Oldest = new(7, 6);

    /// <summary>Finds pwsh.</summary>
    /// <returns>The host, or null with the reason in one line.</returns>
    public static PowerShellHost? Find(Repository repository, out string reason)
    {
        var onPath = "pwsh is not on PATH";
        if (Command.Find("pwsh") is { } path)
        {
            var host = new PowerShellHost(path, []);
            if (host.Version() is { } version && version >= Oldest)
            {
                reason = "";
                return host;
            }

            onPath = $"{path} is older than {Oldest}";
        }

        // The tool lives in the user's package cache; restoring it again when it is there takes a second.
        var (exitCode, _) = Command.Capture("dotnet", ["tool", "restore"], repository.Root, TimeSpan.FromMinutes(2));
        if (exitCode == 0)
        {
            var tool = new PowerShellHost("dotnet", ["tool", "run", "pwsh", "--"]);
            if (tool.Version() is not null)
            {
                reason = "";
                return tool;
            }
        }

        reason = $"{onPath} and the NuGet feed has no PowerShell {Oldest} tool";
        return null;
    }

    /// <summary>Sees to it that Pester is there, from the PowerShell Gallery if it must be.</summary>
    public bool HasPester(Version oldest) => Command.Capture(
        Program,
        Arguments("-Command",
            $$"""
            $ProgressPreference = 'SilentlyContinue'
            if (-not (Get-Module -ListAvailable Pester | Where-Object Version -ge '{{oldest}}')) {
                Install-Module Pester -MinimumVersion '{{oldest}}' -Scope CurrentUser -Repository PSGallery -SkipPublisherCheck -Force -ErrorAction Stop
            }
            """),
        null,
        TimeSpan.FromMinutes(2)).ExitCode == 0;

    public IEnumerable<string> Arguments(params ReadOnlySpan<string> arguments) => [.. Prefix, "-NoProfile", "-NonInteractive", .. arguments];

    private Version? Version()
    {
        var (exitCode, output) = Command.Capture(Program, Arguments("-Command", "'{0}.{1}' -f $PSVersionTable.PSVersion.Major, $PSVersionTable.PSVersion.Minor"), null, TimeSpan.FromMinutes(1));
        return exitCode == 0 && System.Version.TryParse(output.Trim(), out var version) ? version : null;
    }
}
