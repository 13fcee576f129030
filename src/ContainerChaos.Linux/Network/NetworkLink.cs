namespace ContainerChaos.Linux;

/// <summary>A network interface.</summary>
/// <param name="Index">Its number in its network namespace.</param>
/// <param name="Name">Its name there.</param>
public sealed record NetworkLink(int Index, string Name)
{
    /// <summary>Whether it was set up when it was looked at.</summary>
    public bool IsUp { get; init; }
}
