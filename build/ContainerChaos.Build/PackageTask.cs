using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Xml.Linq;

namespace ContainerChaos.Build;

/// <summary>
/// <c>package</c>: artifacts/package/ with the command-line programs as a tar.gz, the modules as .nupkg files (what
/// Install-PSResource and Publish-PSResource read) and their SHA-256 sums.
/// </summary>
internal static class PackageTask
{
    public static int Run(Repository repository, string[] arguments)
    {
        BuildTask.Run(repository, []);
        var version = XDocument.Load(repository.Combine("Directory.Build.props")).Descendants("Version").Single().Value;
        var output = repository.Combine("artifacts", "package");
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        Directory.CreateDirectory(output);
        var programs = Path.Combine(output, $"containerchaos-{version}-linux-x64.tar.gz");
        var module = Path.Combine(output, $"ContainerChaos.{version}.nupkg");
        var operators = Path.Combine(output, $"ContainerChaos.Pester.{version}.nupkg");
        Progress.Step($"package: {Path.GetFileName(programs)}", () => WritePrograms(repository, programs, $"containerchaos-{version}"));
        Progress.Step($"package: {Path.GetFileName(module)}", () => WriteModule(
            repository, module, "ContainerChaos", version, "Linux containers from PowerShell, broken on purpose and timed while they come back.", "PSModule containers chaos linux"));
        Progress.Step($"package: {Path.GetFileName(operators)}", () => WriteModule(
            repository, operators, "ContainerChaos.Pester", version, "Should operators for Pester that say how a container has to take a fault.", "PSModule Pester containers chaos", "ContainerChaos"));
        File.WriteAllLines(Path.Combine(output, "SHA256SUMS"), new[] { programs, module, operators }.Select(
            file => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}  {Path.GetFileName(file)}"));
        return 0;
    }

    private static void WritePrograms(Repository repository, string path, string root)
    {
        using var tar = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.SmallestSize));
        foreach (var file in Files(repository.Binaries))
        {
            tar.WriteEntry(file, $"{root}/{Path.GetRelativePath(repository.Binaries, file)}");
        }

        foreach (var scenario in Files(repository.Combine("scenarios")).Where(file => file.EndsWith(".yaml", StringComparison.Ordinal)))
        {
            tar.WriteEntry(scenario, $"{root}/scenarios/{Path.GetFileName(scenario)}");
        }

        foreach (var unit in Files(repository.Combine("module", "systemd")))
        {
            tar.WriteEntry(unit, $"{root}/systemd/{Path.GetFileName(unit)}");
        }

        tar.WriteEntry(repository.Combine("LICENSE"), $"{root}/LICENSE");
        tar.WriteEntry(repository.Combine("README.md"), $"{root}/README.md");
    }

    private static void WriteModule(Repository repository, string path, string id, string version, string description, string tags, params ReadOnlySpan<string> dependencies)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        var module = repository.Combine("artifacts", "module", id);
        foreach (var file in Files(module))
        {
            // The entry keeps the file's mode, so that an unpacked ccrun is executable.
            archive.CreateEntryFromFile(file, Path.GetRelativePath(module, file), CompressionLevel.SmallestSize);
        }

        XNamespace nuspec = "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd";
        var needed = new XElement(nuspec + "dependencies");
        foreach (var dependency in dependencies)
        {
            needed.Add(new XElement(nuspec + "dependency", new XAttribute("id", dependency), new XAttribute("version", version)));
        }

        using var entry = archive.CreateEntry($"{id}.nuspec").Open();
        new XElement(nuspec + "package", new XElement(nuspec + "metadata",
            new XElement(nuspec + "id", id),
            new XElement(nuspec + "version", version),
            new XElement(nuspec + "authors", "The ContainerChaos authors"),
            new XElement(nuspec + "license", new XAttribute("type", "expression"), "MIT"),
            new XElement(nuspec + "description", description),
            new XElement(nuspec + "tags", tags),
            needed)).Save(entry);
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [];
}
