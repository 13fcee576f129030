using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>
/// A container object in the place of a name means that container, by its id. Bound by its property Name it would mean whoever has that
/// name by now, which after Rename-Container can be another one.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ContainerArgumentAttribute : EngineArgumentAttribute
{
    private protected override object? Convert(object value) => (value as Container)?.Id;
}
