namespace ContainerChaos.Build;

/// <summary><c>bench</c>: compares ccrun and the engine with the peers found on this machine, in one interleaved run.</summary>
internal static class BenchTask
{
    public static int Run(Repository repository, string[] arguments)
    {
        BuildTask.Run(repository, []);
        var program = Repository.AssemblyOf(repository.Combine("benchmarks", "ContainerChaos.Benchmarks", "ContainerChaos.Benchmarks.csproj"));
        return Command.Foreground("dotnet", [program, "--binaries", repository.Binaries, "--output", repository.Combine("artifacts", "bench"), .. arguments]);
    }
}
