namespace ContainerChaos.Testing;

/// <summary>A data root, a run root and a control group of one test's own, and what must be gone of them in the end.</summary>
public sealed class TestRoot : IDisposable
{
    private readonly LeakFixture _leaks;

    public TestRoot()
    {
        // Short, because the path of a Unix socket has 107 bytes.
        var name = Guid.NewGuid().ToString("N")[..12];
        Directory = Path.Combine("/tmp", "cc-" + name);
        CgroupParent = "/containerchaos-test-" + name;
        System.IO.Directory.CreateDirectory(Directory);
        _leaks = new LeakFixture(Directory, CgroupParent);
    }

    /// <summary>Everything of the test lies below this.</summary>
    public string Directory { get; }

    public string DataRoot => Path.Combine(Directory, "data");

    public string RunRoot => Path.Combine(Directory, "run");

    /// <summary>The control group that the test's containers are below.</summary>
    public string CgroupParent { get; }

    /// <summary>The two native programs, from where the build puts them unless the environment names others.</summary>
    public static string CcrunPath => Find("CONTAINERCHAOS_CCRUN", "ccrun");

    public static string TargetPath => Find("CONTAINERCHAOS_TARGET", "target");

    /// <summary>A path below <see cref="Directory"/>.</summary>
    public string this[string name] => Path.Combine(Directory, name);

    /// <summary>What the test has left behind by now.</summary>
    public IReadOnlyList<string> FindLeaks() => _leaks.Find();

    /// <summary>Reaps the container processes that this process adopted, see <see cref="LeakFixture.ReapAdopted"/>.</summary>
    public void ReapAdopted() => _leaks.ReapAdopted();

    /// <summary>Fails the test with the list of what it left behind.</summary>
    public void Dispose()
    {
        var leaks = _leaks.Find();
        foreach (var cgroup in _leaks.Cgroups())
            RemoveCgroup(cgroup);
        System.IO.Directory.Delete(Directory, recursive: true);
        if (leaks.Count > 0)
            throw new InvalidOperationException("The test left behind:\n  " + string.Join("\n  ", leaks));
    }

    private static void RemoveCgroup(string path)
    {
        foreach (var child in System.IO.Directory.EnumerateDirectories(path))
            RemoveCgroup(child);
        try
        {
            System.IO.Directory.Delete(path);
        }
        catch (IOException)
        {
            // A process is still in it; it has been reported.
        }
    }

    private static string Find(string variable, string file)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path)
            return path;
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "ContainerChaos.sln")))
                return Path.Combine(directory.FullName, "artifacts", "bin", file);
        }

        return Path.Combine(AppContext.BaseDirectory, file);
    }
}
