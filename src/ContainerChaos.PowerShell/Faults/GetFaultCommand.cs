using System.Management.Automation;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>The faults in force on this host, whichever shell started them. What a killed one left behind is undone first.</summary>
[Cmdlet(VerbsCommon.Get, "Fault")]
[OutputType(typeof(FaultRecord))]
public sealed class GetFaultCommand : FaultLedgerCmdlet
{
    /// <summary>Only those on these targets; wildcards are welcome.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only these, by id.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FaultIdCompleter))]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Lists them.</summary>
    protected override void ProcessRecord()
    {
        UndoAbandoned();
        var names = Array.ConvertAll(Name, name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase));
        foreach (var record in Find(Id))
        {
            if (names.Any(name => name.IsMatch(record.Target.Name) || name.IsMatch(record.Target.ToString())))
                WriteObject(record);
        }
    }
}
