namespace ContainerChaos.Clients.Tests;

/// <summary>A test that has podman run containers on ccrun; skipped with the reason where that cannot be.</summary>
internal sealed class PodmanFactAttribute : FactAttribute
{
    public PodmanFactAttribute(bool needsInit = false)
    {
        Skip = Unavailable;
        if (Skip is null && needsInit && ClientPrograms.Init is null)
            Skip = "needs a static init (apt-get install catatonit, or tini)";
    }

    internal static string? Unavailable { get; } = ClientPrograms.Missing(("podman", "podman"), ("conmon", "conmon"));
}
