using System.Management.Automation;
using ContainerChaos.Scenarios;

namespace ContainerChaos.PowerShell;

/// <summary>Reads the results of earlier runs, and how recovery changed from run to run.</summary>
[Cmdlet(VerbsCommon.Get, "ChaosResult")]
[OutputType(typeof(ChaosResult))]
public sealed class GetChaosResultCommand : ScenarioFilterCmdlet
{
    /// <summary>Scenarios by name; wildcards are welcome. All of them by default.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only this crash or act: 1st, 2nd, stop, restart.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Crash { get; set; } = [];

    /// <summary>Only these runs, by number.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long[] Run { get; set; } = [];

    /// <summary>Only runs since that moment: a date, or a time span before now such as 7d.</summary>
    [Parameter]
    [MomentArgument]
    public DateTimeOffset Since { get; set; }

    /// <summary>Only so many of the latest runs of each combination.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Last { get; set; }

    /// <summary>Another history than this machine's: the history.db of another data directory.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Reads them.</summary>
    protected override void EndProcessing()
    {
        WildcardPattern[] names = [.. Name.Select(name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase))];
        var filter = new ResultFilter
        {
            Scenario = scenario => names.Any(name => name.IsMatch(scenario)),
            Policies = WantedPolicies is { } policies ? [.. policies.Select(policy => policy.ToString())] : null,
            Init = WantedInit,
            Crashes = Crash.Length == 0 ? null : Crash,
            Runs = Run.Length == 0 ? null : Run,
            Since = MyInvocation.BoundParameters.ContainsKey(nameof(Since)) ? Since : null,
            Last = Last == 0 ? null : Last,
        };
        var history = Path is null ? ResultHistory.Of(Engine.Options) : new ResultHistory(ResolvePath(Path));
        Attempt(history.Path, () => WriteObject(history.Read(filter), enumerateCollection: true));
    }
}
