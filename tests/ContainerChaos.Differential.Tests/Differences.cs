using System.Text.RegularExpressions;

namespace ContainerChaos.Differential.Tests;

/// <summary>The deliberate differences, as docs/differences.md lists them: a row of a table, which begins with the cases and the engines.</summary>
internal static partial class Differences
{
    /// <summary>The entries: a case, and an engine that it differs from.</summary>
    public static IReadOnlySet<(string Case, string Engine)> Listed { get; } = Read();

    private static HashSet<(string, string)> Read()
    {
        var listed = new HashSet<(string, string)>();
        foreach (var line in File.ReadLines(Path.Combine(Root(), "docs", "differences.md")))
        {
            if (Row().Match(line) is not { Success: true } row)
                continue;
            foreach (Match name in Name().Matches(row.Groups["cases"].Value))
            {
                foreach (var engine in row.Groups["engines"].Value.Split(',', StringSplitOptions.TrimEntries))
                {
                    if (!listed.Add((name.Groups[1].Value, engine)))
                        throw new InvalidDataException($"docs/differences.md lists {name.Value} of {engine} twice.");
                }
            }
        }
        return listed;
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ContainerChaos.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("The tests are not in the repository.");
        return directory.FullName;
    }

    [GeneratedRegex(@"^\| (?<cases>`[^|]*`) \| (?<engines>(docker|podman)(, (docker|podman))?) \|")]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
