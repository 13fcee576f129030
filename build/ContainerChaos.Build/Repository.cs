namespace ContainerChaos.Build;

/// <summary>Where things lie in the checkout; everything the build writes outside obj/ and bin/ is under artifacts/.</summary>
internal sealed class Repository
{
    public Repository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "ContainerChaos.sln")))
        {
            directory = directory.Parent;
        }

        Root = directory?.FullName ?? throw new BuildException($"no ContainerChaos.sln above {AppContext.BaseDirectory}");
    }

    public string Root { get; }

    public string Solution => Combine("ContainerChaos.sln");

    public string Artifacts => Combine("artifacts");

    public string Binaries => Combine("artifacts", "bin");

    public string ModuleManifest => Combine("artifacts", "module", "ContainerChaos", "ContainerChaos.psd1");

    public string TestResults => Combine("artifacts", "test");

    public string Combine(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>The projects under <paramref name="folder"/> whose name ends in <paramref name="suffix"/>, by name.</summary>
    public IEnumerable<string> Projects(string folder, string suffix = "")
    {
        var parent = Combine(folder);
        return !Directory.Exists(parent)
            ? []
            : Directory.EnumerateDirectories(parent)
                .SelectMany(project => Directory.EnumerateFiles(project, $"*{suffix}.csproj"))
                .Order(StringComparer.Ordinal);
    }

    /// <summary>The assembly a project of ours builds for the hosted framework.</summary>
    public static string AssemblyOf(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        return Path.Combine(Path.GetDirectoryName(project)!, "bin", "Release", "net10.0", $"{name}.dll");
    }
}
