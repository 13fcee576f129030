using System.Management.Automation;
using ContainerChaos.Scenarios;

namespace ContainerChaos.PowerShell;

/// <summary>Lists the scenarios that ship with the module: what each does, and what it teaches.</summary>
[Cmdlet(VerbsCommon.Get, "ChaosScenario")]
[OutputType(typeof(Scenario))]
public sealed class GetChaosScenarioCommand : ContainerChaosCmdlet
{
    /// <summary>Names; wildcards are welcome. All of them by default.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only scenarios with one of these tags.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioTagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>Lists them, in the order of a game day, then by name.</summary>
    protected override void EndProcessing()
    {
        var all = ScenarioCatalog.WithTag(ScenarioCatalog.BuiltIn(), Tag).ToList();
        foreach (var name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            var found = all.Where(scenario => pattern.IsMatch(scenario.Name)).ToList();
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteError(new ErrorRecord(new ItemNotFoundException($"No scenario '{name}' ships."), "ScenarioNotFound", ErrorCategory.ObjectNotFound, name)
                {
                    ErrorDetails = new ErrorDetails($"No scenario '{name}' ships.") { RecommendedAction = "See Get-ChaosScenario for those there are; Test-ChaosScenario reads files." },
                });
            }
            WriteObject(found, enumerateCollection: true);
        }
    }
}
