using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>A cmdlet that finds networks by name, id or wildcard.</summary>
public abstract class ContainerNetworkCmdlet : ContainerChaosCmdlet
{
    /// <summary>The networks that a name means; a wildcard that matches none is no error.</summary>
    private protected static IReadOnlyList<ContainerNetwork> Find(string name)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
            return [Engine.GetNetwork(name)];
        var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
        return [.. Engine.ListNetworks().Where(network => pattern.IsMatch(network.Name))];
    }
}
