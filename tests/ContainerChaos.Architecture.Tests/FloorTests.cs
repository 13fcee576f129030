using System.Xml.Linq;
using Xunit;

namespace ContainerChaos.Architecture.Tests;

/// <summary>The house's direction: a floor uses the floors below it and never one above.</summary>
public sealed class FloorTests
{
    // Each floor with all the floors it may refer to.
    private static readonly Dictionary<string, string[]> Below = new()
    {
        ["Linux"] = [],
        ["Runtime"] = ["Linux"],
        ["Supervisor"] = ["Linux", "Runtime"],
        ["Host"] = ["Linux", "Runtime", "Supervisor"],
        ["Engine"] = ["Linux", "Runtime", "Supervisor"],
        ["Scenarios"] = ["Linux", "Runtime", "Supervisor", "Engine"],
        ["PowerShell"] = ["Linux", "Runtime", "Supervisor", "Engine", "Scenarios"],
        ["Cli"] = ["Linux", "Runtime", "Supervisor", "Engine", "Scenarios"],
        ["Target"] = [],
    };

    public static TheoryData<string> Floors => [.. Below.Keys];

    [Theory]
    [MemberData(nameof(Floors))]
    public void A_floor_refers_only_to_floors_below_it(string floor)
    {
        var project = Path.Combine(Source.Projects, $"ContainerChaos.{floor}", $"ContainerChaos.{floor}.csproj");
        var referred = XDocument.Load(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)["ContainerChaos.".Length..]);

        Assert.Empty(referred.Except(Below[floor]));
    }

    [Fact]
    public void Every_project_is_a_known_floor()
    {
        var projects = Directory.EnumerateDirectories(Source.Projects).Select(path => Path.GetFileName(path)["ContainerChaos.".Length..]);

        Assert.Equal(Below.Keys.Order(), projects.Order());
    }

    [Fact]
    public void The_solution_lists_every_project()
    {
        var solution = File.ReadAllText(Path.Combine(Source.Root, "ContainerChaos.sln")).Replace('\\', '/');
        var projects = new[] { "src", "tests", "benchmarks", "build" }
            .Select(folder => Path.Combine(Source.Root, folder))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"))
            .Select(Source.Relative);

        Assert.All(projects, project => Assert.Contains(project, solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Package_versions_stand_in_one_place()
    {
        var pinned = Directory.EnumerateFiles(Source.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(project => XDocument.Load(project).Descendants("PackageReference").Any(reference => reference.Attribute("Version") is not null));

        Assert.Empty(pinned.Select(Source.Relative));
    }
}
