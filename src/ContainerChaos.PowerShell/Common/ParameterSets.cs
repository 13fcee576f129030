namespace ContainerChaos.PowerShell;

/// <summary>The names of the parameter sets of a cmdlet that is pointed at containers.</summary>
internal static class ParameterSets
{
    /// <summary>Names, ids and wildcards.</summary>
    public const string ByName = "Name";

    /// <summary>Container objects.</summary>
    public const string ByObject = "InputObject";
}
