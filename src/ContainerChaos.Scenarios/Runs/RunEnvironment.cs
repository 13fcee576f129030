using System.Runtime.InteropServices;

namespace ContainerChaos.Scenarios;

/// <summary>The machine and the software of a run: what a reader needs to judge its figures.</summary>
public sealed record RunEnvironment
{
    /// <summary>Version of the product.</summary>
    public required string Version { get; init; }

    /// <summary>The kernel's release.</summary>
    public required string Kernel { get; init; }

    /// <summary>v1, hybrid or v2.</summary>
    public required string CgroupMode { get; init; }

    /// <summary>CPUs that this process may use.</summary>
    public required int Cpus { get; init; }

    /// <summary>The processor's name.</summary>
    public required string Processor { get; init; }

    /// <summary>Memory of the machine in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The .NET runtime.</summary>
    public required string Runtime { get; init; }

    /// <summary>Load average of the last minute when the run began: above the CPUs, the figures are those of a busy machine.</summary>
    public required double LoadAverage { get; init; }

    /// <summary>Reads the machine that this process runs on.</summary>
    /// <returns>The environment.</returns>
    public static RunEnvironment Read() => new()
    {
        Version = typeof(RunEnvironment).Assembly.GetName().Version?.ToString(3) ?? "",
        Kernel = ReadLine("/proc/sys/kernel/osrelease"),
        CgroupMode = File.Exists("/sys/fs/cgroup/cgroup.controllers") ? "v2"
            : Directory.Exists("/sys/fs/cgroup/unified") ? "hybrid"
            : "v1",
        Cpus = Environment.ProcessorCount,
        Processor = Field("/proc/cpuinfo", "model name"),
        MemoryBytes = long.TryParse(Field("/proc/meminfo", "MemTotal").Split(' ')[0], out long kib) ? kib * 1024 : 0,
        Runtime = RuntimeInformation.FrameworkDescription,
        LoadAverage = double.TryParse(ReadLine("/proc/loadavg").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture, out double load) ? load : 0,
    };

    private static string ReadLine(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : "";

    private static string Field(string path, string name)
    {
        if (!File.Exists(path))
            return "";
        foreach (string line in File.ReadLines(path))
            if (line.StartsWith(name, StringComparison.Ordinal) && line.IndexOf(':') is > 0 and var colon)
                return line[(colon + 1)..].Trim();
        return "";
    }
}
