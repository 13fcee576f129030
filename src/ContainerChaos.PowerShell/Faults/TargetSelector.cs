using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.PowerShell;

/// <summary>What a fault cmdlet is pointed at: a name, a wildcard, or an object of Get-Container or Get-ChaosTarget.</summary>
public sealed class TargetSelector
{
    /// <summary>A selector as it is written, <c>web-*</c> or <c>KIND:NAME</c>, or a container or a target that was found.</summary>
    /// <param name="value">
    /// Text, a <see cref="Container"/> or a <see cref="ChaosTarget"/>. One constructor for all: PowerShell looks at the signatures of each when it imports
    /// the module, and would load the libraries of the types in them.
    /// </param>
    public TargetSelector(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        switch (value is PSObject { BaseObject: var wrapped } ? wrapped : value)
        {
            case Container container:
                // By id: its name can belong to another container by now.
                Text = container.Id;
                Name = container.Name;
                break;
            case ChaosTarget target:
                Text = target.Kind == "container" ? target.Id : $"{target.Kind}:{target.Id}";
                Name = target.ToString();
                Target = target.Kind == "container" ? null : target;
                break;
            default:
                Text = value.ToString() ?? "";
                break;
        }
    }

    /// <summary>What errors call it.</summary>
    public string Name { get => field ?? Text; init; }

    internal string Text { get; }

    internal ChaosTarget? Target { get; }

    internal bool IsWildcard => Text.AsSpan().IndexOfAny("*?") >= 0;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
