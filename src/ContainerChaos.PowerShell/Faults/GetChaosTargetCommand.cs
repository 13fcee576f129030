using System.Management.Automation;
using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.PowerShell;

/// <summary>What runs on this host and can be broken: our containers, those of Docker, Podman, containerd and CRI-O, and systemd units.</summary>
[Cmdlet(VerbsCommon.Get, "ChaosTarget")]
[OutputType(typeof(ChaosTarget))]
public sealed class GetChaosTargetCommand : ContainerChaosCmdlet
{
    /// <summary>Names, or <c>KIND:NAME</c>; wildcards are welcome. All by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only of these kinds.</summary>
    [Parameter]
    [ValidateSet("container", "docker", "podman", "containerd", "crio", "systemd")]
    public string[] Kind { get; set; } = [];

    /// <summary>Lists them.</summary>
    protected override void ProcessRecord()
    {
        var names = Array.ConvertAll(Name, name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase));
        Attempt(null, () =>
        {
            foreach (var target in new FaultInjector(Engine).ListTargets())
            {
                if ((Kind.Length == 0 || Kind.Contains(target.Kind, StringComparer.OrdinalIgnoreCase)) && names.Any(name => name.IsMatch(target.Name) || name.IsMatch($"{target.Kind}:{target.Name}")))
                    WriteObject(target);
            }
        });
    }
}
