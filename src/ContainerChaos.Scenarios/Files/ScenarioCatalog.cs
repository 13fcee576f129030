namespace ContainerChaos.Scenarios;

/// <summary>Finds scenarios by name or path: files beside the program, or those built into it.</summary>
public static class ScenarioCatalog
{
    /// <summary>The scenarios that ship with the product, in the order of a game day.</summary>
    /// <returns>The scenarios.</returns>
    public static IReadOnlyList<Scenario> BuiltIn() => throw new NotImplementedException();

    /// <summary>Names of the scenarios that ship, cheap enough for completion.</summary>
    /// <returns>The names.</returns>
    public static IReadOnlyList<string> Names() => throw new NotImplementedException();

    /// <summary>Finds a scenario.</summary>
    /// <param name="nameOrPath">A built-in name, or a path to a YAML file.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="ScenarioFileException">The file has a mistake.</exception>
    /// <exception cref="FileNotFoundException">There is no such scenario or file.</exception>
    public static Scenario Find(string nameOrPath) => throw new NotImplementedException();

    /// <summary>Reads every scenario of a folder (<c>*.yaml</c>), by name.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>The scenarios.</returns>
    /// <exception cref="ScenarioFileException">A file has a mistake.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<Scenario> Load(string directory) => throw new NotImplementedException();
}
