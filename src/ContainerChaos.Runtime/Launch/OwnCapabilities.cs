using System.Globalization;

namespace ContainerChaos.Runtime;

/// <summary>
/// What this process may give at all. A capability that it lacks is left out of a container's sets without an error,
/// as other runtimes do: a host without CAP_SYS_RESOURCE still runs containers.
/// </summary>
internal static class OwnCapabilities
{
    private static readonly Lazy<ulong> PermittedSet = new(() =>
    {
        // proc_pid_status(5): "CapPrm: Mask of capabilities enabled in permitted set", in hexadecimal.
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("CapPrm:", StringComparison.Ordinal));
        return ulong.Parse(line.AsSpan("CapPrm:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    });

    /// <summary>The permitted set of this process.</summary>
    internal static ulong Permitted => PermittedSet.Value;
}
