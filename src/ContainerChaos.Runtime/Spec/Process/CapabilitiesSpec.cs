namespace ContainerChaos.Runtime;

/// <summary>The five capability sets (capabilities(7)), names as CAP_CHOWN.</summary>
public sealed record CapabilitiesSpec
{
    /// <summary>What execve(2) can ever give.</summary>
    public IReadOnlyList<string> Bounding { get; set => field = value ?? []; } = [];

    /// <summary>What is checked.</summary>
    public IReadOnlyList<string> Effective { get; set => field = value ?? []; } = [];

    /// <summary>What survives execve(2) where the file agrees.</summary>
    public IReadOnlyList<string> Inheritable { get; set => field = value ?? []; } = [];

    /// <summary>What can be made effective.</summary>
    public IReadOnlyList<string> Permitted { get; set => field = value ?? []; } = [];

    /// <summary>What survives execve(2) of an ordinary file.</summary>
    public IReadOnlyList<string> Ambient { get; set => field = value ?? []; } = [];

    /// <summary>The names of all that there are (capabilities(7)).</summary>
    public static IReadOnlyList<string> All { get; } = [.. Runtime.Capabilities.All];
}
