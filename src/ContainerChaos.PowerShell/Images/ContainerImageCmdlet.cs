using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>A cmdlet that finds images by reference, id or wildcard.</summary>
public abstract class ContainerImageCmdlet : ContainerChaosCmdlet
{
    /// <summary>The images that a reference means; a wildcard that matches none is no error.</summary>
    private protected static IReadOnlyList<Image> Find(string reference)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(reference))
            return [Engine.Images.Get(reference)];
        var pattern = WildcardPattern.Get(reference, WildcardOptions.IgnoreCase);
        return [.. Engine.Images.List().Where(i => pattern.IsMatch(i.Reference) || pattern.IsMatch(i.Reference.Split(':')[0]))];
    }
}
