using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>What happens to containers, images, volumes and networks, as it happens, and what happened to them.</summary>
[Cmdlet(VerbsCommon.Watch, "ContainerEvent")]
[OutputType(typeof(ContainerEvent))]
public sealed class WatchContainerEventCommand : ContainerChaosCmdlet
{
    /// <summary>Names, ids, beginnings of ids or wildcards that match names, of containers or of what else it is; everything when it is left out. They need not exist yet, or any more.</summary>
    [Parameter(Position = 0)]
    [Alias("Id")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Begin with what happened since a moment: a date and time, or how long ago (<c>10m</c>, a time span).</summary>
    [Parameter]
    [MomentArgument]
    public DateTimeOffset Since { get; set; }

    /// <summary>End at a moment, which may lie ahead. Without it the watch goes on until Ctrl-C, or until the pipeline has enough.</summary>
    [Parameter]
    [MomentArgument]
    public DateTimeOffset Until { get; set; }

    /// <summary>Only events of these things: container, image, volume, network.</summary>
    [Parameter]
    [ValidateSet("container", "image", "volume", "network")]
    public string[] Type { get; set; } = [];

    /// <summary>
    /// Only these events. Of containers: create, start, die, oom, kill, stop, pause, unpause, restart, backoff, exec_start, exec_die, health_status, update, rename, adopt, fault_points_lost, publish,
    /// unpublish, destroy; of images: pull, push, import, load, save, tag, untag, delete; of volumes: create, mount, unmount, destroy; of networks: create, connect, disconnect, destroy.
    /// </summary>
    [Parameter]
    [ValidateSet(
        "create", "start", "die", "oom", "kill", "stop", "pause", "unpause", "restart", "backoff", "exec_start", "exec_die", "health_status",
        "update", "rename", "adopt", "fault_points_lost", "publish", "unpublish", "destroy",
        "pull", "push", "import", "load", "save", "tag", "untag", "delete", "mount", "unmount", "connect", "disconnect")]
    public string[] EventType { get; set; } = [];

    /// <summary>Watches.</summary>
    protected override void EndProcessing()
    {
        var names = Array.ConvertAll(Name, name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase));
        Attempt(null, () =>
        {
            var options = new ContainerEventOptions
            {
                Since = MyInvocation.BoundParameters.ContainsKey(nameof(Since)) ? Since : null,
                Until = MyInvocation.BoundParameters.ContainsKey(nameof(Until)) ? Until : null,
                Filter = IsWanted,
            };
            foreach (var containerEvent in Engine.ReadEvents(options, Cancellation))
                WriteObject(containerEvent);
        });

        bool IsWanted(ContainerEvent one) =>
            (Type.Length == 0 || Type.Contains(one.ObjectType, StringComparer.OrdinalIgnoreCase))
            && (EventType.Length == 0 || EventType.Contains(one.Type, StringComparer.OrdinalIgnoreCase))
            && (Name.Length == 0 || names.Any(name => name.IsMatch(one.Name ?? "") || name.IsMatch(one.Attributes.GetValueOrDefault("containerName", "")))
                || Name.Any(name => one.ContainerId.StartsWith(name, StringComparison.Ordinal) || one.ObjectId?.StartsWith(name, StringComparison.Ordinal) == true));
    }
}
