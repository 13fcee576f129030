namespace ContainerChaos.Supervisor;

/// <summary>What happens to intercepted calls of a container while a fault lasts.</summary>
public sealed record CallRule
{
    /// <summary>What it is taken back by.</summary>
    public required string Id { get; init; }

    /// <summary>The calls, by name.</summary>
    public required IReadOnlyList<string> Calls { get; init; }

    /// <summary>The error number that they fail with, without happening; 0 lets them happen.</summary>
    public int Errno { get; init; }

    /// <summary>How long they wait before that.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Each n-th of them is meant; 1 for each.</summary>
    public int Every { get; set; } = 1;

    /// <summary>The share of them that is meant, more than 0 and at most 1, at random.</summary>
    public double Share { get; set; } = 1;

    /// <summary>The seed of that.</summary>
    public int Seed { get; init; }

    /// <summary>The files that are meant, with the wildcards * and ?; null for every call, whatever it is about.</summary>
    public string? Path { get; init; }
}
