namespace ContainerChaos.Clients.Tests;

/// <summary>A test that has containerd run containers on ccrun; skipped with the reason where that cannot be.</summary>
internal sealed class ContainerdFactAttribute : FactAttribute
{
    public ContainerdFactAttribute() => Skip = Unavailable;

    internal static string? Unavailable { get; } =
        ClientPrograms.Missing(("containerd", "containerd"), ("ctr", "containerd"), ("containerd-shim-runc-v2", "containerd"));
}
