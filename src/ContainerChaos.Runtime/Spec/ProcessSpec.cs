namespace ContainerChaos.Runtime;

/// <summary>The command of a container, or one executed in it (runtime-spec, config: Process).</summary>
public sealed record ProcessSpec
{
    /// <summary>Whether it gets a terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>Who runs it.</summary>
    public UserSpec User { get; set; } = new();

    /// <summary>The command and its arguments.</summary>
    public IReadOnlyList<string> Args { get; set; } = [];

    /// <summary>Its environment, NAME=value each.</summary>
    public IReadOnlyList<string> Env { get; set; } = [];

    /// <summary>Its working directory, an absolute path in the container.</summary>
    public string Cwd { get; set; } = "/";

    /// <summary>Its capabilities; null gives none.</summary>
    public CapabilitiesSpec? Capabilities { get; init; }

    /// <summary>Its resource limits.</summary>
    public IReadOnlyList<RlimitSpec> Rlimits { get; set; } = [];

    /// <summary>Whether execve(2) can't give it privileges (prctl(2), PR_SET_NO_NEW_PRIVS).</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>Its badness in the eyes of the OOM killer, -1000 to 1000.</summary>
    public int? OomScoreAdj { get; init; }
}
