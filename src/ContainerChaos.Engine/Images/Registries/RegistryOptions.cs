namespace ContainerChaos.Engine;

/// <summary>How a registry is spoken to.</summary>
public sealed record RegistryOptions
{
    /// <summary>Who asks; null for nobody in particular.</summary>
    public string? User { get; init; }

    /// <summary>The user's password or token.</summary>
    public string? Password { get; init; }

    /// <summary>A file of certificates (PEM) of authorities to trust besides the host's; null for none.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>Speak plain HTTP with a registry that has no TLS. With one on the loopback that is done without asking, as Docker does.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>How many blobs are on their way at once.</summary>
    public int Parallel { get; init; } = 3;

    /// <summary>Told of each blob as it goes on, from several threads. Null when nobody listens.</summary>
    public Action<TransferProgress>? Progress { get; init; }

    /// <summary>Takes what is odd and no error. Null when nobody listens.</summary>
    public Action<string>? Warn { get; init; }
}
