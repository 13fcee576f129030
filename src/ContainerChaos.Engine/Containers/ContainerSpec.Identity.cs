using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

// Who the container is.
internal static partial class ContainerSpec
{
    /// <summary>The name of this host, or of whatever namespace the engine is in (uname(2)).</summary>
    public static string HostsName => File.ReadAllText("/proc/sys/kernel/hostname").Trim();

    /// <summary>The engine's own, the image's, the files', and last what was given.</summary>
    private static IReadOnlyList<string> Environment(ContainerCreateOptions options, Image image, ImageUser user, string hostname) => EnvironmentVariables.Merge(
        [EnvironmentVariables.DefaultPath, "HOSTNAME=" + hostname, "HOME=" + user.Home, .. options.Tty ? [EnvironmentVariables.Terminal] : Array.Empty<string>()],
        image.Env,
        KeyValueFile.Read("EnvFile", options.EnvFiles, System.Environment.GetEnvironmentVariable, options.Name ?? options.Image).Select(pair => $"{pair.Key}={pair.Value}"),
        options.Env.Select(pair => $"{pair.Key}={pair.Value}"));

    // moby, daemon/oci_linux.go: where the network is the container's own, pinging and ports below 1024 need no privilege.
    private static Dictionary<string, string>? Sysctl(ContainerCreateOptions options, IdMaps? maps)
    {
        var parameters = new Dictionary<string, string>();
        if (options.Network != "host" && NamespaceMode.ContainerOf(options.Network) is null)
        {
            Add("net.ipv4.ip_unprivileged_port_start", "0");
            if (maps is null)
                Add("net.ipv4.ping_group_range", "0 2147483647");
        }
        foreach (var (name, value) in options.Sysctl)
            parameters[name] = value;
        return parameters.Count == 0 ? null : parameters;

        void Add(string name, string value)
        {
            if (File.Exists("/proc/sys/" + name.Replace('.', '/')))
                parameters[name] = value;
        }
    }
}
