namespace ContainerChaos.Runtime;

/// <summary>What an agent is sent with a filter's listener (runtime-spec, config-linux: The Container Process State).</summary>
internal sealed record SeccompProcessState
{
    /// <summary>The message's version.</summary>
    public required string OciVersion { get; init; }

    /// <summary>What the descriptors are that come with it.</summary>
    public required IReadOnlyList<string> Fds { get; init; }

    /// <summary>The process that has loaded the filter, as this runtime sees it.</summary>
    public required int Pid { get; init; }

    /// <summary>What the config says to tell the agent.</summary>
    public string? Metadata { get; init; }

    /// <summary>The container.</summary>
    public required SeccompContainerState State { get; init; }
}
