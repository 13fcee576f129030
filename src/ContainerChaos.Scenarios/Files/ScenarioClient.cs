namespace ContainerChaos.Scenarios;

/// <summary>Where the clients of a published port are.</summary>
public enum ScenarioClient
{
    /// <summary>On a loopback address of the host: the built-in proxy serves them.</summary>
    Loopback,

    /// <summary>On another address of the host: the kernel translates theirs (nf_tables).</summary>
    Host,
}
