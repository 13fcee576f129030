namespace ContainerChaos.Differential.Tests;

/// <summary>A test that compares with Docker; skipped with the reason where there is none.</summary>
internal sealed class DockerTheoryAttribute : TheoryAttribute
{
    public DockerTheoryAttribute() => Skip = Comparison.Docker;
}
