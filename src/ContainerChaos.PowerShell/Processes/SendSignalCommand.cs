using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>Sends a signal to PID 1 of containers, or to another of their processes, and says what the kernel does with it.</summary>
[Cmdlet(VerbsCommunications.Send, "Signal", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(SignalDelivery))]
public sealed class SendSignalCommand : ContainerTargetCmdlet
{
    /// <summary>The signal: <c>TERM</c>, <c>SIGTERM</c>, <c>15</c>, <c>RTMIN+3</c>. TERM by default.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SignalCompleter))]
    public string Signal { get; set; } = "TERM";

    /// <summary>The process by its PID in the container; PID 1 by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int ProcessId { get; set; } = 1;

    /// <summary>Return what was sent to whom, and what the process does with it.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private int number;

    /// <summary>Reads the signal's name.</summary>
    protected override void BeginProcessing()
    {
        try
        {
            number = SignalArgument.Parse(Signal, null);
        }
        catch (ContainerException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, Signal));
        }
    }

    /// <summary>Sends it to the current pipeline object's containers.</summary>
    protected override void ProcessRecord()
    {
        foreach (var target in Targets())
        {
            if (!ShouldProcess(target.Name, $"Send {SignalName.Of(number)} to process {ProcessId}"))
                continue;
            SignalDelivery? delivery = null;
            if (!Attempt(target.Name, () => delivery = Engine.SendSignal(target.Id, number, ProcessId == 1 ? null : ProcessId)))
                continue;
            WriteVerbose(delivery!.Explanation);
            if (PassThru)
                WriteObject(delivery);
        }
    }
}
