using System.Management.Automation;
using ContainerChaos.Scenarios;
using ContainerChaos.Scenarios.Comparison;

namespace ContainerChaos.PowerShell;

/// <summary>Compares results of scenarios: how much slower or faster one recovers than the other, as an effect size with its interval.</summary>
[Cmdlet(VerbsData.Compare, "ChaosResult")]
[OutputType(typeof(ChaosComparison))]
public sealed class CompareChaosResultCommand : ContainerChaosCmdlet
{
    /// <summary>What is compared with: rows of Invoke-ChaosScenario, of another policy, with or without init, or of an earlier run.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public ScenarioRow[] ReferenceObject { get; set; } = [];

    /// <summary>What is compared, each row with the one of the reference that is of the same scenario and crash and otherwise most like it.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public ScenarioRow[] DifferenceObject { get; set; } = [];

    /// <summary>The stage of recovery: firstSuccess by default; or detected, backOff, started, process, healthy, steady, firstFailure, exitSeen, act.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RecoveryStageCompleter))]
    [ValidateNotNullOrEmpty]
    public string Stage { get; set; } = "firstSuccess";

    /// <summary>The seed of the resampling that gives the intervals.</summary>
    [Parameter]
    public int Seed { get; set; } = 1;

    /// <summary>Compares the rows of the current pipeline object.</summary>
    protected override void ProcessRecord()
    {
        foreach (var row in DifferenceObject)
        {
            try
            {
                if (ResultComparison.Partner(ReferenceObject, row) is { } reference)
                    WriteObject(ResultComparison.Compare(reference, row, Stage, Seed));
                else
                    WriteError(Unmatched(row));
            }
            catch (ArgumentException e)
            {
                WriteError(new ErrorRecord(e, nameof(Runtime.ErrorReason.InvalidArgument), ErrorCategory.InvalidArgument, row));
            }
        }
    }

    private static ErrorRecord Unmatched(ScenarioRow row) => new(
        new ItemNotFoundException($"The reference has no row of {row.Scenario}, {row.Crash}."), "NothingToCompare", ErrorCategory.ObjectNotFound, row)
    {
        ErrorDetails = new ErrorDetails($"The reference has no row of {row.Scenario}, {row.Crash}.")
        {
            RecommendedAction = "Run the same scenario for both sides; only crashes that both have are compared.",
        },
    };
}
