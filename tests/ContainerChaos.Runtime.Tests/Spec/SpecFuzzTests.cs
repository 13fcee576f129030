using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>
/// A hostile config.json gets an error or a container, never a crash. What once crashed is in the corpus; the time given is
/// some seconds, with CONTAINERCHAOS_LONG=1 ten minutes.
/// </summary>
public sealed class SpecFuzzTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Spec");

    private static IReadOnlyList<byte[]> Corpus { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_document_of_the_corpus_is_an_error_or_a_container(string file) => Survive(File.ReadAllBytes(Path.Combine(Folder, file)));

    [Fact]
    public void A_mutated_document_is_an_error_or_a_container()
    {
        var isLong = Environment.GetEnvironmentVariable("CONTAINERCHAOS_LONG") == "1";
        var seed = isLong ? Environment.TickCount : 1;
        var mutator = new SpecMutator(seed, Corpus);
        var limit = isLong ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(20);
        var watch = Stopwatch.StartNew();
        int count = 0, containers = 0;
        for (; watch.Elapsed < limit; count++)
        {
            var document = mutator.Next();
            var finished = watch.Elapsed;
            try
            {
                containers += Survive(document) ? 1 : 0;
            }
            catch (Exception e)
            {
                var file = Path.Combine(Path.GetTempPath(), $"config-{seed}-{count}.json");
                File.WriteAllBytes(file, document);
                throw new InvalidOperationException($"Seed {seed}, document {count}, kept as {file}: it belongs into the corpus.", e);
            }
            finished = watch.Elapsed - finished;
            Assert.True(finished < TimeSpan.FromSeconds(10), $"Seed {seed}, document {count} took {finished}.");
        }
        output.WriteLine($"{count} documents, {containers} of which are containers.");
        Assert.True(containers > count / 100, "The mutations are too wild to get far.");
    }

    /// <summary>Reads, checks and compiles a document; whether it is a container.</summary>
    private static bool Survive(byte[] document)
    {
        try
        {
            var spec = RuntimeSpecJson.Parse(document, "config.json");
            Process(spec.Process);
            SpecValidation.Check(spec, _ => { });
            if (spec.Process is null)
                return false;
            var cgroup = CgroupHost.Current.Group("/containerchaos-tests/fuzz");
            using var launcher = new ContainerLauncher(spec, new LaunchOptions { RootPath = Folder, WaitsForStart = true, Warn = _ => { } }, cgroup, "fuzz");
            return true;
        }
        catch (ContainerException e)
        {
            Assert.NotEmpty(e.Message);
            return false;
        }
    }

    /// <summary>The same process as one to execute: its checks come first, whatever else is wrong.</summary>
    private static void Process(ProcessSpec? process)
    {
        try
        {
            if (process is not null)
                SpecValidation.Check(process);
        }
        catch (ContainerException)
        {
            // One of the two expected ends.
        }
    }
}
