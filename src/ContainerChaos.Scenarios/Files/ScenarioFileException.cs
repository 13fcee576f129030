namespace ContainerChaos.Scenarios;

/// <summary>A scenario file says something it must not; the message begins with <c>file:line:column</c>.</summary>
public sealed class ScenarioFileException : Exception
{
    /// <summary>Makes the error of one place.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The line, from 1; 0 for what is no file.</param>
    /// <param name="column">The column, from 1.</param>
    /// <param name="problem">What is wrong there.</param>
    /// <param name="inner">The cause, or null.</param>
    public ScenarioFileException(string file, long line, long column, string problem, Exception? inner = null)
        : base(line == 0 ? $"{file}: {problem}" : $"{file}:{line}:{column}: {problem}", inner)
    {
        File = file;
        Line = line;
        Column = column;
        Problem = problem;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The line, from 1.</summary>
    public long Line { get; }

    /// <summary>The column, from 1.</summary>
    public long Column { get; }

    /// <summary>What is wrong there, without the place.</summary>
    public string Problem { get; }
}
