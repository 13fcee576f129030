using System.Security.Cryptography;
using System.Text;

namespace ContainerChaos.Build;

/// <summary>
/// <c>build</c>: compiles the solution, then has build/Artifacts.proj make what ships (ccrun, target, containerchaos, the module).
/// When no source and no output changed since the last time, it does nothing.
/// </summary>
internal static class BuildTask
{
    private static readonly string[] Sources = ["src", "tests", "benchmarks", "module", "scenarios", "build"];

    public static int Run(Repository repository, string[] arguments)
    {
        Prerequisites.RequireLinker();
        var stamp = Path.Combine(repository.Artifacts, "obj", "build.stamp");
        var sources = FingerprintOfSources(repository);
        if (File.Exists(stamp) && File.ReadAllText(stamp) == sources + FingerprintOfOutputs(repository))
        {
            Console.WriteLine("build: up to date");
            return 0;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(stamp)!);
        File.Delete(stamp);
        // One compiler process for all projects: some thirty starts of its own are most of a cold build's time.
        Progress.Step("build: ContainerChaos.sln", () => { Command.Run("dotnet", ["build", repository.Solution, "-c", "Release", "-v", "quiet", "-nologo", "-p:UseSharedCompilation=true"], repository.Root); });
        Progress.Step("build: ccrun, target, cli, module", () => { Command.Run("dotnet", ["msbuild", repository.Combine("build", "Artifacts.proj"), "-v:quiet", "-nologo"], repository.Root); });
        // The sources as they were before: one that changed meanwhile may not be in the outputs.
        File.WriteAllText(stamp, sources + FingerprintOfOutputs(repository));
        return 0;
    }

    private static string FingerprintOfSources(Repository repository) => Fingerprint(
        Sources.Select(folder => repository.Combine(folder))
            .Where(Directory.Exists)
            .SelectMany(folder => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
            .Where(file => !IsIntermediate(Path.GetRelativePath(repository.Root, file.FullName)))
            .Concat(new DirectoryInfo(repository.Root).EnumerateFiles("*.*")));

    private static string FingerprintOfOutputs(Repository repository) => Fingerprint(Outputs(repository).Select(path => new FileInfo(path)));

    /// <summary>Names, sizes and times of the files, as one hash.</summary>
    private static string Fingerprint(IEnumerable<FileInfo> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files.OrderBy(file => file.FullName, StringComparer.Ordinal))
        {
            var state = file.Exists ? $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}\n" : $"{file.FullName} missing\n";
            hash.AppendData(Encoding.UTF8.GetBytes(state));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static IEnumerable<string> Outputs(Repository repository) =>
    [
        Path.Combine(repository.Binaries, "ccrun"),
        Path.Combine(repository.Binaries, "target"),
        Path.Combine(repository.Binaries, "containerchaos"),
        repository.ModuleManifest,
        .. repository.Projects("tests").Concat(repository.Projects("benchmarks")).Select(Repository.AssemblyOf),
    ];

    private static bool IsIntermediate(string path) =>
        path.Split('/') is var parts && (parts.Contains("obj") || parts.Contains("bin") || parts.Contains("TestResults"));
}
