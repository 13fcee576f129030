using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>A cmdlet that finds volumes by name or wildcard.</summary>
public abstract class ContainerVolumeCmdlet : ContainerChaosCmdlet
{
    /// <summary>The volumes that a name means; a wildcard that matches none is no error.</summary>
    private protected static IReadOnlyList<ContainerVolume> Find(string name)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
            return [Engine.GetVolume(name)];
        var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
        return [.. Engine.ListVolumes().Where(volume => pattern.IsMatch(volume.Name))];
    }
}
