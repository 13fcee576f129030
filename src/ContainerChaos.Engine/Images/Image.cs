namespace ContainerChaos.Engine;

/// <summary>An image as the store knows it: the layers of its root file system and the defaults of its containers.</summary>
public sealed record Image
{
    /// <summary>The normalised reference, <c>repository:tag</c>.</summary>
    public required string Reference { get; init; }

    /// <summary><c>sha256:</c> and the digest of the image's configuration. Equal content has an equal id.</summary>
    public required string Id { get; init; }

    /// <summary>When the image was first imported into this store.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was built, by its own account; null when it does not say.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Who built it.</summary>
    public string Author { get; init; } = "";

    /// <summary>The processor it is for, in Go's words: <c>amd64</c>, <c>arm64</c>.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The sum of the sizes of the regular files in its layers, in bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>The digests of its layers, bottom first.</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    /// <summary>The program that every command is an argument of; empty for none.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>The default command, used when a container names none.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Default environment, as <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>The folder that commands start in.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The default user, <c>user[:group]</c>; empty for root.</summary>
    public string User { get; init; } = "";

    /// <summary>The signal that asks its containers to stop, by name (<c>SIGTERM</c>) or number; null for SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>The ports that its service listens on, <c>80/tcp</c>.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary>The folders that hold data, for which containers get volumes.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>How its containers' health is probed; null for not at all.</summary>
    public ImageHealthcheck? Healthcheck { get; init; }

    /// <summary>Labels that its containers inherit.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
