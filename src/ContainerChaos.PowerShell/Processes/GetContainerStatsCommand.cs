using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>What running containers use: CPU, memory, processes, block devices, network, pressure, OOM kills.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerStats", DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(ContainerStatistics))]
public sealed class GetContainerStatsCommand : ContainerChaosCmdlet
{
    /// <summary>Names, ids or unique beginnings of ids; all running containers when it is left out. A wildcard means those of its matches that run.</summary>
    [Parameter(Position = 0, ParameterSetName = ParameterSets.ByName, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Container objects, as Get-Container and New-Container return them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.ByObject, ValueFromPipeline = true)]
    [ValidateNotNull]
    public Container[] InputObject { get; set; } = [];

    /// <summary>Over how many seconds the CPU's share is measured, and with -Watch how often the containers are read: 0.1 or more, 0.5 by default.</summary>
    [Parameter]
    [SecondsArgument]
    [ValidateRange(0.1, 86_400)]
    public double Interval { get; set; } = 0.5;

    /// <summary>Go on, an object of each container at every interval, until none of them runs any more or the pipeline has enough.</summary>
    [Parameter]
    public SwitchParameter Watch { get; set; }

    private readonly List<string> ids = [];

    /// <summary>Collects the containers: all are measured over the same interval.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ParameterSets.ByObject)
        {
            ids.AddRange(InputObject.Select(container => container.Id));
            return;
        }
        foreach (var name in Name)
        {
            var onlyRunning = WildcardPattern.ContainsWildcardCharacters(name);
            ids.AddRange(FindContainers(name).Where(container => !onlyRunning || container.Pid is not null).Select(container => container.Id));
        }
    }

    /// <summary>Measures.</summary>
    protected override void EndProcessing()
    {
        // One that does not run is an error of its own, and the others are measured.
        var running = ids.Distinct().Where(id => Attempt(id, () => Engine.CheckRunning(id))).ToArray();
        if (running.Length == 0)
            return;
        Attempt(null, () =>
        {
            foreach (var statistics in Engine.ReadStatistics(running, TimeSpan.FromSeconds(Interval), Watch, Cancellation))
                WriteObject(statistics);
        });
    }
}
