namespace ContainerChaos.Clients.Tests;

/// <summary>The programs that the tests drive, where the host has them.</summary>
internal static class ClientPrograms
{
    /// <summary>The only program of the tests' images. It has to be a static one.</summary>
    internal const string Busybox = "busybox";

    /// <summary>A static init for <c>podman run --init</c>; null when the host has none.</summary>
    internal static string? Init { get; } = new[] { "/usr/libexec/podman/catatonit", "/usr/bin/catatonit", "/usr/bin/tini-static" }.FirstOrDefault(File.Exists);

    /// <summary>The program's path; null when it is not there.</summary>
    internal static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    /// <summary>Why tests with these programs can't run here; null when they can.</summary>
    internal static string? Missing(params (string Program, string Package)[] needed)
    {
        if (!Environment.IsPrivilegedProcess)
            return "needs root";
        if (!File.Exists(TestRoot.CcrunPath))
            return "needs ccrun, which ./build.sh makes";
        foreach (var (program, package) in needed.Append((Busybox, "busybox-static")).Append(("script", "bsdutils")))
        {
            if (Find(program) is null)
                return $"needs {program} (apt-get install {package})";
        }
        return IsStatic(Find(Busybox)!) ? null : "needs a static busybox (apt-get install busybox-static)";
    }

    /// <summary>Whether an ELF file names no interpreter (elf(5), PT_INTERP), as far as its first bytes show.</summary>
    private static bool IsStatic(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[4096];
        return start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)].IndexOf("/ld-"u8) < 0;
    }
}
