namespace ContainerChaos.Differential.Tests;

/// <summary>Something that is done with containers, in the same words for each engine, and what is looked at.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Facts">The names of what is looked at; each is compared for itself.</param>
/// <param name="Play">Does it, and tells each fact.</param>
internal sealed record Scene(string Name, IReadOnlyList<string> Facts, Action<Stage> Play)
{
    /// <summary>Why podman is not asked where an init is wanted.</summary>
    public const string Init = "podman's init is a program of its own, which is often not installed";

    /// <summary>Why Docker can't be asked; null when it can.</summary>
    public string? WithoutDocker { get; init; }

    /// <summary>Why podman can't be asked; null when it can.</summary>
    public string? WithoutPodman { get; init; }

    /// <summary>A scene that waits and must not be held up.</summary>
    public bool IsLong { get; init; }

    /// <summary>A scene of one container, which runs a script for each fact: the fact is what the script wrote, and how it ended.</summary>
    public static Scene Inside(string name, ContainerRequest request, params (string Fact, string Script)[] looks) =>
        new(name, [.. looks.Select(look => look.Fact)], stage => stage.TellInside(request with { Command = ["sh", "-c", Script(looks)] }));

    /// <summary>A scene of one container that runs to its end: its output and its exit code.</summary>
    public static Scene Run(string name, ContainerRequest request) => new(name, ["result"], stage => stage.Tell("result", stage.Run(request)));

    public override string ToString() => Name;

    // A line of which no script writes the like begins each part.
    private static string Script((string Fact, string Script)[] looks) =>
        string.Concat(looks.Select(look => $"echo; echo '{Stage.Mark}{look.Fact}'\n(\n{look.Script}\n) 2>&1\ne=$?; [ $e = 0 ] || echo \"exit $e\"\n"));
}
