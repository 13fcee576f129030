namespace ContainerChaos.Differential.Tests;

/// <summary>A test that compares with podman; skipped with the reason where there is none.</summary>
internal sealed class PodmanTheoryAttribute : TheoryAttribute
{
    public PodmanTheoryAttribute() => Skip = Comparison.Podman;
}
