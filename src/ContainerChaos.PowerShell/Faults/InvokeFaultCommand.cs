using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Breaks containers on purpose, and returns when the fault is over and undone: at once for a crash, else after its duration.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Fault", SupportsShouldProcess = true)]
[OutputType(typeof(FaultRecord))]
public sealed class InvokeFaultCommand : ContainerFaultCmdlet
{
    private const string CrashSet = "Crash", KillProcessSet = "KillProcess", EvictSet = "EvictPageCache", MonitorSet = "Monitor";

    /// <summary>End PID 1 with a signal from outside: the restart policy stays armed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CrashSet)]
    public SwitchParameter Crash { get; set; }

    /// <summary>The signal; KILL by default.</summary>
    [Parameter(ParameterSetName = CrashSet)]
    [Parameter(ParameterSetName = KillProcessSet)]
    [ArgumentCompleter(typeof(SignalCompleter))]
    public string Signal { get; set; } = "KILL";

    /// <summary>End the processes with this name (15 characters of it); wildcards spare PID 1.</summary>
    [Parameter(Mandatory = true, ParameterSetName = KillProcessSet)]
    [ValidateNotNullOrEmpty]
    public string KillProcess { get; set; } = "";

    /// <summary>The share of them, 0 to 1; at least one.</summary>
    [Parameter(ParameterSetName = KillProcessSet)]
    [ValidateRange(0d, 1d)]
    public double Share { get; set; } = 1;

    /// <summary>Drop the page cache: what is read next comes from the disk.</summary>
    [Parameter(Mandatory = true, ParameterSetName = EvictSet)]
    public SwitchParameter EvictPageCache { get; set; }

    /// <summary>End the monitor of the container; the container runs on, and the next look at it starts another.</summary>
    [Parameter(Mandatory = true, ParameterSetName = MonitorSet)]
    public SwitchParameter Monitor { get; set; }

    /// <summary>Return what was done.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override FaultSpec ReadFault() => ParameterSetName switch
    {
        CrashSet => new CrashFault(SignalArgument.Parse(Signal, null)),
        KillProcessSet => new KillProcessFault(KillProcess, Share, SignalArgument.Parse(Signal, null), GivenSeed),
        EvictSet => new EvictPageCacheFault(),
        MonitorSet => new MonitorFault(),
        _ => base.ReadFault(),
    };

    private protected override void Break(FaultSpec fault, IReadOnlyList<ChaosTarget> targets) => RunEach(fault, targets, PassThru);
}
