namespace ContainerChaos.Engine;

// Who the container is: to itself, to others, and to those who manage it.
public sealed partial record ContainerCreateOptions
{
    /// <summary>Who PID 1 runs as, <c>user[:group]</c> by name or number; null for the image's. Names are looked up in the image.</summary>
    public string? User { get; init; }

    /// <summary>Further groups of that user, by name or number; names are looked up in the image.</summary>
    public IReadOnlyList<string> GroupAdd { get; init; } = [];

    /// <summary>The host name inside; null for the first 12 digits of the id, or the host's in the network host.</summary>
    public string? Hostname { get; init; }

    /// <summary>The domain name inside; null for none.</summary>
    public string? Domainname { get; init; }

    /// <summary>Variables on top of the image's and the files'.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Files of variables, a line <c>NAME=value</c> for each; a name alone takes the value that this process has.</summary>
    public IReadOnlyList<string> EnvFiles { get; init; } = [];

    /// <summary>Labels on top of the image's and the files'.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Files of labels, a line <c>NAME=value</c> for each; a name alone has the empty value.</summary>
    public IReadOnlyList<string> LabelFiles { get; init; } = [];

    /// <summary>What tools want to write down: the annotations of the runtime-spec.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Further lines of /etc/hosts: <c>name:address</c>, or <c>name:host-gateway</c> for the host.</summary>
    public IReadOnlyList<string> ExtraHosts { get; init; } = [];

    /// <summary>The name servers that it asks instead of the host's.</summary>
    public IReadOnlyList<string> DnsServers { get; init; } = [];

    /// <summary>The domains in which it looks for short names instead of the host's; <c>.</c> for none.</summary>
    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    /// <summary>The resolver's options instead of the host's (resolv.conf(5)).</summary>
    public IReadOnlyList<string> DnsOptions { get; init; } = [];
}
