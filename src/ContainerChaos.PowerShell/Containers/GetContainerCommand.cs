using System.Collections;
using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>Lists containers in every state, oldest first, or finds them by name.</summary>
[Cmdlet(VerbsCommon.Get, "Container")]
[OutputType(typeof(Container))]
public sealed class GetContainerCommand : ContainerChaosCmdlet
{
    /// <summary>Names, ids or unique beginnings of ids. Wildcards match names; one that matches nothing is no error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Only containers in one of these states.</summary>
    [Parameter]
    public ContainerStatus[] State { get; set; } = [];

    /// <summary>Only containers of an image with such a reference; wildcards are welcome.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ImageReferenceCompleter))]
    public string? Image { get; set; }

    /// <summary>Only containers that have all of these labels; an empty value matches any.</summary>
    [Parameter]
    public Hashtable? Label { get; set; }

    /// <summary>Finds the containers that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        if (Name is null)
            Attempt(null, () => Write(Engine.List()));
        foreach (var name in Name ?? [])
            Write(FindContainers(name));
    }

    private void Write(IEnumerable<Container> containers)
    {
        foreach (var container in containers.Where(Matches))
        {
            if (container is { State: ContainerStatus.Dead, Error: { } error })
                WriteWarning($"{container.Name}: {error} It can only be removed: Remove-Container {container.ShortId}");
            WriteObject(container);
        }
    }

    private bool Matches(Container container) =>
        (State.Length == 0 || State.Contains(container.State))
        && (Image is null || MatchesImage(WildcardPattern.Get(Image, WildcardOptions.IgnoreCase), container.Image))
        && Arguments.Pairs(Label).All(wanted =>
            container.Labels.TryGetValue(wanted.Key, out var value) && (wanted.Value.Length == 0 || value == wanted.Value));

    private static bool MatchesImage(WildcardPattern pattern, string reference) =>
        pattern.IsMatch(reference) || pattern.IsMatch(reference.Split(':')[0]);
}
