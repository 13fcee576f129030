namespace ContainerChaos.Scenarios;

/// <summary>Finds scenarios by name or path: files, or those built into the product.</summary>
public static class ScenarioCatalog
{
    private const string Prefix = "scenarios/";
    private const string Suffix = ".yaml";

    // A game day begins with what everybody has seen and ends with what few have.
    private static readonly string[] s_order = ["memory-overrun", "ignored-sigterm", "zombie-storm", "rolling-update"];

    /// <summary>The tag of those that make up the game day that ships.</summary>
    public const string GameDayTag = "game-day";

    /// <summary>The scenarios that ship with the product, in the order of a game day.</summary>
    /// <returns>The scenarios.</returns>
    public static IReadOnlyList<Scenario> BuiltIn() => [.. Names().Select(ReadBuiltIn)];

    /// <summary>Those that have one of some tags.</summary>
    /// <param name="scenarios">All.</param>
    /// <param name="tags">The tags; none for all scenarios.</param>
    /// <returns>The scenarios, in the same order.</returns>
    public static IEnumerable<Scenario> WithTag(IEnumerable<Scenario> scenarios, IReadOnlyCollection<string> tags) =>
        tags.Count == 0 ? scenarios : scenarios.Where(s => s.Tags.Intersect(tags, StringComparer.OrdinalIgnoreCase).Any());

    /// <summary>Names of the scenarios that ship, cheap enough for completion.</summary>
    /// <returns>The names.</returns>
    public static IReadOnlyList<string> Names() =>
        [.. typeof(ScenarioCatalog).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => n[Prefix.Length..^Suffix.Length])
            .OrderBy(Rank)
            .ThenBy(n => n, StringComparer.Ordinal)];

    /// <summary>Finds a scenario.</summary>
    /// <param name="nameOrPath">A built-in name, or a path to a YAML file.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="ScenarioFileException">The file has a mistake.</exception>
    /// <exception cref="FileNotFoundException">There is no such scenario or file.</exception>
    public static Scenario Find(string nameOrPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        if (File.Exists(nameOrPath))
            return ScenarioFile.Read(nameOrPath);
        return Names().Contains(nameOrPath, StringComparer.Ordinal)
            ? ReadBuiltIn(nameOrPath)
            : throw new FileNotFoundException(
                $"There is no scenario or file '{nameOrPath}'. Built in are {string.Join(", ", Names())}.", nameOrPath);
    }

    /// <summary>Reads every scenario of a folder (<c>*.yaml</c>), in the order of a game day, then by name.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>The scenarios.</returns>
    /// <exception cref="ScenarioFileException">A file has a mistake.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<Scenario> Load(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*" + Suffix)
            .Select(ScenarioFile.Read)
            .OrderBy(s => Rank(s.Name))
            .ThenBy(s => s.Name, StringComparer.Ordinal)];

    /// <summary>The text that a scenario was read from: its file, as it is now, or one that ships.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <returns>The text.</returns>
    /// <exception cref="IOException">The file cannot be read any more.</exception>
    public static string TextOf(Scenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        using StreamReader reader = Path.IsPathRooted(scenario.Source) ? new StreamReader(scenario.Source) : Open(Path.GetFileNameWithoutExtension(scenario.Source));
        return reader.ReadToEnd();
    }

    private static int Rank(string name) => Array.IndexOf(s_order, name) is >= 0 and var rank ? rank : s_order.Length;

    private static Scenario ReadBuiltIn(string name)
    {
        using StreamReader reader = Open(name);
        return ScenarioFile.Parse(reader, name + Suffix);
    }

    private static StreamReader Open(string name) => new(
        typeof(ScenarioCatalog).Assembly.GetManifestResourceStream(Prefix + name + Suffix) ?? throw new FileNotFoundException($"There is no scenario '{name}'.", name));
}
