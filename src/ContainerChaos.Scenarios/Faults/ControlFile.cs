namespace ContainerChaos.Scenarios.Faults;

/// <summary>A file of a control group as it was when a fault was planned.</summary>
/// <param name="Path">Its path.</param>
/// <param name="IsUnified">Whether its hierarchy is version 2.</param>
/// <param name="Value">What it held: what the undo writes back.</param>
internal sealed record ControlFile(string Path, bool IsUnified, string Value)
{
    /// <summary>Its name.</summary>
    public string Name => System.IO.Path.GetFileName(Path);
}
