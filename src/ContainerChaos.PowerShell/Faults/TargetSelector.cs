using ContainerChaos.Engine;
using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.PowerShell;

/// <summary>What a fault cmdlet is pointed at: a name, a wildcard, or an object of Get-Container or Get-ChaosTarget.</summary>
public sealed class TargetSelector
{
    /// <summary>A name, an id, a wildcard, or <c>KIND:NAME</c>.</summary>
    /// <param name="text">The selector as written.</param>
    public TargetSelector(string text) => Text = text;

    /// <summary>A container of ours.</summary>
    /// <param name="container">The container.</param>
    public TargetSelector(Container container)
    {
        ArgumentNullException.ThrowIfNull(container);
        // By id: its name can belong to another container by now.
        Text = container.Id;
        Name = container.Name;
    }

    /// <summary>A target as Get-ChaosTarget found it.</summary>
    /// <param name="target">The target.</param>
    public TargetSelector(ChaosTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Text = target.Kind == "container" ? target.Id : $"{target.Kind}:{target.Id}";
        Name = target.ToString();
        Target = target.Kind == "container" ? null : target;
    }

    /// <summary>What errors call it.</summary>
    public string Name { get => field ?? Text; init; }

    internal string Text { get; }

    internal ChaosTarget? Target { get; }

    internal bool IsWildcard => Text.AsSpan().IndexOfAny("*?") >= 0;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
