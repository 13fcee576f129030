using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>A test against other tools of the host; skipped with the reason where one is missing.</summary>
internal sealed class ToolFactAttribute : FactAttribute
{
    /// <param name="needed">The tools, as <c>program</c> or <c>program=package</c>.</param>
    public ToolFactAttribute(params string[] needed)
    {
        foreach (var tool in needed)
        {
            if (Find(tool.Split('=')[0]) is null)
                Skip = $"needs {tool.Split('=')[0]} (apt-get install {tool.Split('=')[^1]})";
        }
    }

    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin")
        .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
}
