using System.Management.Automation;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.PowerShell;

/// <summary>A cmdlet for faults of the runtime itself, a parameter set each.</summary>
public abstract class RuntimeFaultCmdlet : FaultCmdlet
{
    /// <summary>Make the targets' directories read-only for their monitors and the engine.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "StateDirectory")]
    public SwitchParameter StateDirectory { get; set; }

    /// <summary>Fill the disk that the targets' logs are on, which is none of the host's.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LogDisk")]
    public SwitchParameter LogDisk { get; set; }

    /// <summary>The fault that the parameter set is.</summary>
    private protected override FaultSpec ReadFault() => ParameterSetName switch
    {
        "StateDirectory" => new StateDirectoryFault(),
        "LogDisk" => new LogDiskFault(),
        _ => throw new ContainerException(ErrorReason.InvalidArgument, "No fault is chosen.") { Remedy = "Choose one: -StateDirectory, -LogDisk." },
    };
}
