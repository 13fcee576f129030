namespace ContainerChaos.Engine;

/// <summary>The architectures that calls are made by on one machine.</summary>
internal sealed record SeccompProfileArchitecture
{
    /// <summary>The machine's own.</summary>
    public string Architecture { get; set; } = "";

    /// <summary>The others.</summary>
    public IReadOnlyList<string>? SubArchitectures { get; set; }
}
