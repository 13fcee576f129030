namespace ContainerChaos.Differential.Tests;

/// <summary>A container to be made, in words that are no engine's own. What is null or empty is left to the engine.</summary>
internal sealed record ContainerRequest
{
    public string? Name { get; init; }

    public string Image { get; init; } = Images.Plain;

    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary><c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    public string? User { get; init; }

    public string? WorkingDirectory { get; init; }

    public string? Hostname { get; init; }

    public string Network { get; init; } = "none";

    public long? Memory { get; init; }

    public double? Cpus { get; init; }

    public int? PidsLimit { get; init; }

    /// <summary>As on Docker's command line, <c>on-failure:3</c>.</summary>
    public string? RestartPolicy { get; init; }

    public bool Init { get; init; }

    public string? StopSignal { get; init; }

    public int? StopTimeout { get; init; }

    /// <summary><c>/host:/container[:ro]</c>.</summary>
    public IReadOnlyList<string> Binds { get; init; } = [];

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public bool ReadOnly { get; init; }

    public IReadOnlyList<string> SecurityOptions { get; init; } = [];

    public IReadOnlyList<string> CapAdd { get; init; } = [];

    public IReadOnlyList<string> CapDrop { get; init; } = [];

    public bool Privileged { get; init; }

    public IReadOnlyList<string> GroupAdd { get; init; } = [];

    public string? Domainname { get; init; }

    public long? MemorySwap { get; init; }

    public long? MemoryReservation { get; init; }

    public int? OomScoreAdj { get; init; }

    public long? CpuShares { get; init; }

    public string? CpusetCpus { get; init; }

    /// <summary><c>name=soft:hard</c>.</summary>
    public IReadOnlyList<string> Ulimits { get; init; } = [];

    public long? ShmSize { get; init; }

    /// <summary><c>/host:/container:rwm</c>.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    public IReadOnlyDictionary<string, string> Sysctl { get; init; } = new Dictionary<string, string>();

    public string? Pid { get; init; }

    public string? Ipc { get; init; }

    public string? Uts { get; init; }

    /// <summary>A container that runs a script in the image's shell.</summary>
    public static ContainerRequest Script(string script) => new() { Command = ["sh", "-c", script] };
}
