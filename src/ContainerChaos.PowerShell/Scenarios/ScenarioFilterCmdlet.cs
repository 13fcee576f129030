using System.Management.Automation;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>What the cmdlets have in common that are about some combinations of a scenario only.</summary>
public abstract class ScenarioFilterCmdlet : ContainerChaosCmdlet
{
    /// <summary>Only these restart policies; all of them by default.</summary>
    [Parameter]
    [RestartPolicyArgument]
    [ArgumentCompleter(typeof(RestartPolicyCompleter))]
    public RestartPolicy[] RestartPolicy { get; set; } = [];

    /// <summary>Only with an init as PID 1, or with <c>-Init:$false</c> only without; both by default.</summary>
    [Parameter]
    public SwitchParameter Init { get; set; }

    /// <summary>With init, without, or null for both.</summary>
    private protected bool? WantedInit => MyInvocation.BoundParameters.ContainsKey(nameof(Init)) ? Init.IsPresent : null;

    /// <summary>The policies, or null for all.</summary>
    private protected RestartPolicy[]? WantedPolicies => RestartPolicy.Length == 0 ? null : RestartPolicy;
}
