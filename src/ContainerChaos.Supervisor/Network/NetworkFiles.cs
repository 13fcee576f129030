using System.Net;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// <c>/etc/hosts</c>, <c>/etc/resolv.conf</c> and <c>/etc/hostname</c> of a container, whatever its network: files in its directory that are bound into it, and so
/// are written in place.
/// </summary>
public static class NetworkFiles
{
    /// <summary>In the place of an address in <see cref="ContainerNetworks.ExtraHosts"/>: the host's own, as the container reaches it.</summary>
    public const string HostGateway = "host-gateway";

    private const string Usual = "/etc/resolv.conf";

    /// <summary>The files' names, in the container's directory and in its <c>/etc</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["hosts", "resolv.conf", "hostname"];

    /// <summary>The host's name servers (resolv.conf(5)).</summary>
    internal static IReadOnlyList<IPAddress> HostServers(string path = Usual) => Servers(Lines(path));

    /// <summary>The name servers of who has a root: at most three, and the one on the machine itself when none is named (resolv.conf(5)).</summary>
    /// <param name="root">The root. Its symbolic links lead nowhere else.</param>
    /// <exception cref="ErrnoException">It can't be read.</exception>
    public static IReadOnlyList<IPAddress> ServersIn(UnixDirectory root)
    {
        ArgumentNullException.ThrowIfNull(root);
        const int MAXNS = 3;
        using var file = root.TryOpenRegularFileInRoot(Usual.TrimStart('/'));
        if (file is null)
            return [IPAddress.Loopback];
        using var reader = new StreamReader(new FileStream(file, FileAccess.Read));
        IPAddress[] found = [.. Servers(reader.ReadToEnd().Split('\n')).Take(MAXNS).Distinct()];
        return found.Length > 0 ? found : [IPAddress.Loopback];
    }

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
        var text = new StringBuilder();
        if (networks.SharesHost)
            text.AppendJoin("", Lines("/etc/hosts").Select(line => line + "\n"));
        else
            text.Append("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n");
        foreach (var host in networks.ExtraHosts)
        {
            if (host.Split(':', 2) is [var name, var address] && (address == HostGateway ? GatewayOf(networks, endpoints) : address) is { } known)
                text.Append(known).Append('\t').Append(name).Append('\n');
        }
        var names = networks.Domainname is { Length: > 0 } domain ? $"{hostname}.{domain} {hostname}" : hostname;
        foreach (var address in endpoints.SelectMany(endpoint => endpoint.Addresses))
            text.Append(ContainerEndpoint.Plain(address)).Append('\t').Append(names).Append('\n');
        return text.ToString();
    }

    /// <summary>Null in internal networks, which lead nowhere.</summary>
    private static string? GatewayOf(ContainerNetworks networks, IReadOnlyList<ContainerEndpoint> endpoints) =>
        networks.SharesHost ? "127.0.0.1" : endpoints.SelectMany(endpoint => endpoint.Gateways).FirstOrDefault();

    private static string Resolver(ContainerNetworks networks, bool hasNameServer)
    {
        var lines = networks.SharesHost ? Lines(Usual) : HostLines();
        var text = new StringBuilder();
        if (hasNameServer)
            text.Append("nameserver ").Append(NameServer.Address).Append('\n');
        else if (networks.DnsServers.Count > 0)
            text.AppendJoin("", networks.DnsServers.Select(server => $"nameserver {server}\n"));
        else
            text.AppendJoin("", Servers(lines).Where(server => networks.SharesHost || !IPAddress.IsLoopback(server)).Select(server => $"nameserver {server}\n"));

        var search = networks.DnsSearch.Count > 0 ? networks.DnsSearch.Where(domain => domain != ".") : Words(lines, "search");
        // The first try is the name as it is: that of another container has no dots (as in Docker).
        var options = (networks.DnsOptions.Count > 0 ? networks.DnsOptions : Words(lines, "options")).ToList();
        if (hasNameServer && !options.Exists(option => option.StartsWith("ndots:", StringComparison.Ordinal)))
            options.Add("ndots:0");
        Append("search", search);
        Append("options", options);
        return text.ToString();

        void Append(string keyword, IEnumerable<string> words)
        {
            if (words.Any())
                text.Append(keyword).Append(' ').AppendJoin(' ', words).Append('\n');
        }
    }

    private static IEnumerable<string> Words(string[] lines, string keyword) => lines
        .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 1 && words[0] == keyword)
        .SelectMany(words => words.Skip(1));

    /// <summary>Where systemd-resolved answers on a loopback address, which is the host's alone, the servers behind it are in another file.</summary>
    private static string[] HostLines()
    {
        const string behind = "/run/systemd/resolve/resolv.conf";
        var lines = Lines(Usual);
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
