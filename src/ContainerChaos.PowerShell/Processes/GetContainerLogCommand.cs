using System.Collections.Concurrent;
using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>What containers wrote to standard output and standard error, a line an object.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerLog", DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(ContainerLogEntry))]
public sealed class GetContainerLogCommand : ContainerTargetCmdlet
{
    /// <summary>Go on with what is written from now, until the containers are finally down or the pipeline has enough.</summary>
    [Parameter]
    public SwitchParameter Follow { get; set; }

    /// <summary>Only the last so many lines of each.</summary>
    [Parameter]
    [Alias("Last")]
    [ValidateRange(0, int.MaxValue)]
    public int Tail { get; set; } = int.MaxValue;

    /// <summary>Only lines written since a moment: a date and time, or how long ago (<c>10m</c>, a time span).</summary>
    [Parameter]
    [MomentArgument]
    public DateTimeOffset Since { get; set; }

    /// <summary>Show the time of each line. The objects carry it anyway.</summary>
    [Parameter]
    public SwitchParameter Timestamps { get; set; }

    private readonly List<ContainerTarget> followed = [];

    /// <summary>Reads the logs of the current pipeline object's containers; followed ones are read together at the end.</summary>
    protected override void ProcessRecord()
    {
        foreach (var target in Targets())
        {
            if (Follow)
                followed.Add(target);
            else
                Attempt(target.Name, () => Write(Read(target)));
        }
    }

    /// <summary>Follows the logs, lines in the order in which they come.</summary>
    protected override void EndProcessing()
    {
        if (followed.Count == 0)
            return;
        if (followed is [var only])
        {
            Attempt(only.Name, () => Write(Read(only)));
            return;
        }
        using var lines = new BlockingCollection<ContainerLogEntry>(boundedCapacity: 1024);
        var readers = followed.ConvertAll(target => Task.Factory.StartNew(
            () =>
            {
                foreach (var line in Read(target))
                    lines.Add(line, Cancellation);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        _ = Task.WhenAll(readers).ContinueWith(_ => lines.CompleteAdding(), TaskScheduler.Default);
        Attempt(null, () => Write(lines.GetConsumingEnumerable(Cancellation)));
        for (var i = 0; i < readers.Count; i++)
            Attempt(followed[i].Name, () => readers[i].GetAwaiter().GetResult());
    }

    private IEnumerable<ContainerLogEntry> Read(ContainerTarget target) => Engine.ReadLog(
        target.Id,
        new ContainerLogOptions
        {
            Follow = Follow,
            Tail = Tail == int.MaxValue ? null : Tail,
            Since = Since == default ? null : Since,
        },
        Cancellation);

    private void Write(IEnumerable<ContainerLogEntry> lines)
    {
        foreach (var line in lines)
        {
            var shown = PSObject.AsPSObject(line);
            if (Timestamps)
                shown.TypeNames.Insert(0, "ContainerChaos.Engine.ContainerLogEntry#Timestamps");
            WriteObject(shown);
        }
    }
}
