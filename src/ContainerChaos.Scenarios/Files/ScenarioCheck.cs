namespace ContainerChaos.Scenarios;

/// <summary>What is to be said of a scenario file without running it.</summary>
public sealed record ScenarioCheck
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Whether it can be run.</summary>
    public bool IsValid => Problem is null;

    /// <summary>The line of the mistake, from 1; null without one.</summary>
    public long? Line { get; init; }

    /// <summary>The column of the mistake, from 1; null without one.</summary>
    public long? Column { get; init; }

    /// <summary>What is wrong there; null when nothing is.</summary>
    public string? Problem { get; init; }

    /// <summary>The scenario; null when it can't be read.</summary>
    public Scenario? Scenario { get; init; }

    /// <summary>Reads a file as a run would.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The scenario, or the first mistake with its place.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    public static ScenarioCheck Of(string path)
    {
        try
        {
            return new ScenarioCheck { Path = path, Scenario = ScenarioFile.Read(path) };
        }
        catch (ScenarioFileException e)
        {
            return new ScenarioCheck { Path = path, Line = e.Line, Column = e.Column, Problem = e.Problem };
        }
    }
}
