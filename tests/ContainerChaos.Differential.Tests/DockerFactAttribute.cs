namespace ContainerChaos.Differential.Tests;

/// <summary>A test with a Docker; skipped with the reason where there is none.</summary>
internal sealed class DockerFactAttribute : FactAttribute
{
    public DockerFactAttribute() => Skip = Comparison.Docker;
}
