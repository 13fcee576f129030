using System.Diagnostics;
using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace ContainerChaos.Engine.Tests;

/// <summary>An import that dies before any one of its renames, deletions and syncs leaves a store that opens, with every image whole.</summary>
public sealed class CrashTests(ITestOutputHelper output) : EngineTest
{
    [Fact]
    public void A_store_survives_a_kill_at_every_step_of_an_import()
    {
        var kept = ArchiveBuilder.Layer(("kept", "kept"));
        var (former, next) = (Archive("former", kept, ArchiveBuilder.Layer(("old", "old"))), Archive("next", kept, ArchiveBuilder.Layer(("new", "new")), ArchiveBuilder.Layer(("newer", "newer"))));
        var steps = int.Parse(Die(Prepare("count", former), next, -1), CultureInfo.InvariantCulture);
        output.WriteLine($"{steps} steps");
        Assert.InRange(steps, 12, 60);
        for (var step = 0; step < steps; step++)
        {
            var root = Prepare($"step{step}", former);
            Assert.Equal("", Die(root, next, step));

            var store = Open(root);
            var names = store.List().Select(image => image.Reference).ToArray();
            Assert.Equal(["moving:1", "staying:1"], names);
            // Every byte of every layer is read for this.
            store.Export(names, Root["out.tar"]);
            var moving = store.ImportAll(next).Single();
            Assert.Equal(moving.Id, Open(root).Get("moving:1").Id);
            store.Export(names, Root["out.tar"]);

            // Of the former image and of what was under way nothing is left: a layer that both have, two of the new, one that stays.
            Assert.Equal(4, Directory.GetFileSystemEntries(Path.Combine(root, "layers")).Length);
            Assert.Equal(2, Directory.GetFiles(Path.Combine(root, "images"), "*.json").Length);
            Assert.Equal([".lock"], Directory.GetFiles(Path.Combine(root, "images"), ".*").Select(Path.GetFileName));
            Assert.Empty(Directory.GetFiles(Path.Combine(root, "images"), "*.new"));
        }
    }

    [Fact]
    public void A_store_survives_a_kill_at_every_step_of_whatever_changes_it()
    {
        using var process = Start("all", Root["count"], "-1");
        var counts = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToDictionary(line => line.Split(' ')[0], line => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
        process.WaitForExit();
        output.WriteLine(string.Join(", ", counts));
        Assert.Equal(CrashScenario.All.Count, counts.Count);
        Assert.All(counts, pair => Assert.InRange(pair.Value, 2, 60));
        Parallel.For(0, counts.Values.Max(), new ParallelOptions { MaxDegreeOfParallelism = 2 }, step =>
        {
            var directory = Root[$"all{step}"];
            using var dying = Start("all", directory, step.ToString(CultureInfo.InvariantCulture));
            dying.StandardOutput.ReadToEnd();
            dying.WaitForExit();
            Assert.Equal(137, dying.ExitCode);
            foreach (var scenario in CrashScenario.All.Where(scenario => step < counts[scenario.Name]))
            {
                var root = Path.Combine(directory, scenario.Name);
                try
                {
                    scenario.Check(CrashScenario.Open(root), root);
                    scenario.Act(CrashScenario.Open(root), root);
                    foreach (var folder in new[] { "containers", "volumes", "networks", "layers" }.Select(folder => Path.Combine(root, "data", folder)).Where(Directory.Exists))
                        Assert.Empty(Directory.GetFileSystemEntries(folder, ".*-*-*-*"));
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"{scenario.Name}, killed before step {step}: {e.Message}", e);
                }
            }

            Directory.Delete(directory, recursive: true);
        });
        Directory.Delete(Root["count"], recursive: true);
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. arguments]) { RedirectStandardOutput = true })!;

    private string Prepare(string name, string former)
    {
        var store = Open(Root[name]);
        store.Import(MakeTree(), "staying:1");
        store.ImportAll(former);
        return Root[name];
    }

    private ImageStore Open(string root) => new ContainerEngine(Options with { DataRoot = root, TargetPath = Root["none"] }).Images;

    private string Archive(string file, params byte[][] layers)
    {
        var builder = new ArchiveBuilder(Root.Directory);
        builder.Files["index.json"] = ArchiveBuilder.Index(ArchiveBuilder.Named(builder.Manifest(layers, "gzip"), "moving:1"));
        return builder.Tar(file + ".tar");
    }

    private static string Die(string root, string archive, int step)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "import", root, archive, step.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Assert.Equal(step < 0 ? 0 : 137, process.ExitCode);
        return said;
    }
}
