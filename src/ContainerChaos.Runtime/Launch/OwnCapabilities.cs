using System.Globalization;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// What this process may give at all. A capability that it lacks is left out of a container's sets without an error,
/// as other runtimes do: a host without CAP_SYS_RESOURCE still runs containers.
/// </summary>
internal static class OwnCapabilities
{
    private static readonly Lazy<int> LastNumber = new(() =>
        int.TryParse(File.ReadAllText("/proc/sys/kernel/cap_last_cap"), CultureInfo.InvariantCulture, out var last) ? last : Capabilities.Count - 1);

    /// <summary>The highest capability that this kernel knows (capabilities(7), /proc/sys/kernel/cap_last_cap).</summary>
    internal static int Last => LastNumber.Value;

    /// <summary>Whether this process has a capability where it counts for the whole host: in the initial user namespace.</summary>
    internal static bool HasOnHost(string capability) => (Permitted & Capabilities.Mask([capability])) != 0 && UserNamespace.IsInitial;

    /// <summary>The permitted set of this process.</summary>
    internal static ulong Permitted { get; } = OwnIdentity.PermittedCapabilities;
}
