using System.Net;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// <c>/etc/hosts</c>, <c>/etc/resolv.conf</c> and <c>/etc/hostname</c> of a container in a network: files in its directory that are bound into it, and so
/// are written in place.
/// </summary>
public static class NetworkFiles
{
    /// <summary>The files' names, in the container's directory and in its <c>/etc</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["hosts", "resolv.conf", "hostname"];

    /// <summary>The host's name servers (resolv.conf(5)).</summary>
    internal static IReadOnlyList<IPAddress> HostServers(string path = "/etc/resolv.conf") => Servers(Lines(path));

    private static IReadOnlyList<IPAddress> Servers(string[] lines) => [.. lines
        .Where(line => line.StartsWith("nameserver", StringComparison.Ordinal))
        .Select(line => IPAddress.TryParse(line["nameserver".Length..].Trim(), out var address) ? address : null).OfType<IPAddress>()];

    /// <summary>Writes all three.</summary>
    internal static void Write(ContainerPaths paths, string hostname, ContainerNetworks networks, IReadOnlyList<ContainerEndpoint> endpoints, bool hasNameServer)
    {
        Replace(paths, "hostname", hostname + "\n");
        Replace(paths, "hosts", Hosts(hostname, networks, endpoints));
        Replace(paths, "resolv.conf", Resolver(networks, hasNameServer));
    }

    private static string Hosts(string hostname, ContainerNetworks networks, IReadOnlyList<ContainerEndpoint> endpoints)
    {
        var text = new StringBuilder("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n");
        foreach (var host in networks.ExtraHosts)
        {
            if (host.Split(':', 2) is [var name, var address])
                text.Append(address == "host-gateway" ? endpoints.SelectMany(endpoint => endpoint.Gateways).FirstOrDefault() : address).Append('\t').Append(name).Append('\n');
        }
        foreach (var address in endpoints.SelectMany(endpoint => endpoint.Addresses))
            text.Append(ContainerEndpoint.Plain(address)).Append('\t').Append(hostname).Append('\n');
        return text.ToString();
    }

    private static string Resolver(ContainerNetworks networks, bool hasNameServer)
    {
        var lines = HostLines();
        var text = new StringBuilder();
        if (hasNameServer)
            text.Append("nameserver ").Append(NameServer.Address).Append('\n');
        else if (networks.DnsServers.Count > 0)
            text.AppendJoin("", networks.DnsServers.Select(server => $"nameserver {server}\n"));
        else
            text.AppendJoin("", Servers(lines).Where(server => !IPAddress.IsLoopback(server)).Select(server => $"nameserver {server}\n"));
        text.AppendJoin("", lines.Where(line => line.StartsWith("search", StringComparison.Ordinal) || line.StartsWith("options", StringComparison.Ordinal)).Select(line => line + "\n"));
        return text.ToString();
    }

    /// <summary>Where systemd-resolved answers on a loopback address, which is the host's alone, the servers behind it are in another file.</summary>
    private static string[] HostLines()
    {
        const string usual = "/etc/resolv.conf", behind = "/run/systemd/resolve/resolv.conf";
        var lines = Lines(usual);
        return Servers(lines) is { Count: > 0 } servers && servers.All(IPAddress.IsLoopback) && File.Exists(behind) ? Lines(behind) : lines;
    }

    private static void Replace(ContainerPaths paths, string name, string text)
    {
        var path = Path.Combine(paths.ContainerDirectory, name);
        using (var file = FileDescriptor.Open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_TRUNC, 0x1A4 /* 0644 */))
            file.Write(Encoding.UTF8.GetBytes(text));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
