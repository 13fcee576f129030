using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>
/// A cmdlet that is pointed at containers: by name or id, by wildcard, or by container objects from the pipeline.
/// </summary>
public abstract class ContainerTargetCmdlet : ContainerChaosCmdlet
{
    /// <summary>Names, ids or unique beginnings of ids. Wildcards match names; one that matches nothing is no error.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ParameterSets.ByName, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ContainerArgument]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Container objects, as Get-Container and New-Container return them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.ByObject, ValueFromPipeline = true)]
    [ValidateNotNull]
    public Container[] InputObject { get; set; } = [];

    /// <summary>The containers that the current pipeline object means; a name that none has is reported and left out.</summary>
    private protected IEnumerable<ContainerTarget> Targets()
    {
        if (ParameterSetName == ParameterSets.ByObject)
            return InputObject.Select(c => new ContainerTarget(c.Name, c.Id));
        return Name.SelectMany(TargetsOf);
    }

    /// <summary>What one name means.</summary>
    private protected virtual IEnumerable<ContainerTarget> TargetsOf(string name) => FindContainers(name).Select(c => new ContainerTarget(c.Name, c.Id));
}
