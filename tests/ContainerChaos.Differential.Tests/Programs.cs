namespace ContainerChaos.Differential.Tests;

/// <summary>The programs of the host that the suite needs.</summary>
internal static class Programs
{
    /// <summary>A program's path; null when the host does not have it.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin")
        .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    /// <summary>Why nothing can be compared with an engine here; null when it can.</summary>
    public static string? Missing(string program, string package)
    {
        if (!Environment.IsPrivilegedProcess)
            return "needs root";
        if (!File.Exists(TestRoot.CcrunPath))
            return "needs ccrun, which ./build.sh makes";
        foreach (var (name, from) in new[] { (program, package), ("runc", "runc"), ("busybox", "busybox-static") })
        {
            if (Find(name) is null)
                return $"needs {name} (apt-get install {from})";
        }
        return null;
    }
}
