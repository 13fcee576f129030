using System.Management.Automation;
using ContainerChaos.Scenarios;

namespace ContainerChaos.PowerShell;

/// <summary>Reads scenario files as a run would, without running them, and says where the first mistake of each is.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ChaosScenario")]
[OutputType(typeof(ScenarioCheck), typeof(bool))]
public sealed class TestChaosScenarioCommand : ContainerChaosCmdlet
{
    /// <summary>The files; wildcards are welcome.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Return only whether each can be run.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Reads the files that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        foreach (var path in Path)
        {
            var files = ResolveFiles(path);
            if (files.Count == 0)
                WriteNotFound(path);
            foreach (var file in files)
            {
                if (!File.Exists(file))
                {
                    WriteNotFound(path);
                    continue;
                }
                Attempt(file, () =>
                {
                    var check = ScenarioCheck.Of(file);
                    foreach (var ignored in check.Scenario?.Ignored ?? [])
                        WriteWarning(ignored);
                    WriteObject(Quiet ? check.IsValid : check);
                });
            }
        }
    }

    // The session's own idea of paths: drives, the current location, wildcards.
    private IReadOnlyCollection<string> ResolveFiles(string path)
    {
        try
        {
            return SessionState.Path.GetResolvedProviderPathFromPSPath(path, out _);
        }
        catch (ItemNotFoundException)
        {
            return [];
        }
    }

    private void WriteNotFound(string path) =>
        WriteError(new ErrorRecord(new FileNotFoundException($"There is no file '{path}'.", path), "ScenarioNotFound", ErrorCategory.ObjectNotFound, path));
}
