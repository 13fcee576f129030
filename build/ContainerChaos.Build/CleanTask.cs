namespace ContainerChaos.Build;

/// <summary><c>clean</c>: removes artifacts/ and every bin/ and obj/ of the checkout.</summary>
internal static class CleanTask
{
    public static int Run(Repository repository, string[] arguments)
    {
        var intermediates = new[] { "src", "tests", "benchmarks", "build" }
            .SelectMany(folder => repository.Projects(folder))
            .Select(project => Path.GetDirectoryName(project)!)
            .SelectMany(project => new[] { "bin", "obj", "TestResults" }.Select(name => Path.Combine(project, name)));
        foreach (var folder in intermediates.Append(repository.Artifacts).Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }
}
