namespace ContainerChaos.Differential.Tests;

/// <summary>A test of the module; skipped with the reason where there is no pwsh or no module.</summary>
internal sealed class PowerShellTheoryAttribute : TheoryAttribute
{
    public PowerShellTheoryAttribute() => Skip = Comparison.PowerShell;
}
