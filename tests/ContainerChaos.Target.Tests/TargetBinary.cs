using System.Reflection;

namespace ContainerChaos.Target.Tests;

/// <summary>The published program under test.</summary>
internal static class TargetBinary
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        string path = Environment.GetEnvironmentVariable("CONTAINERCHAOS_TARGET")
            ?? typeof(TargetBinary).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "TargetBinary").Value!;
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is not there; make it with: dotnet build build/Artifacts.proj -restore -t:TargetImage", path);
    }
}
