using System.Collections;
using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

// Who the container is: to itself, to others, and to those who manage it.
public partial class NewContainerCommand
{
    /// <summary>Who PID 1 runs as, <c>user[:group]</c> by name or number.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? User { get; set; }

    /// <summary>Further groups of that user, by name or number; names are looked up in the image.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] GroupAdd { get; set; } = [];

    /// <summary>The host name inside. Without it the first 12 digits of the id; the host's own with <c>-Network host</c> or <c>-Uts host</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Hostname { get; set; }

    /// <summary>The domain name inside.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Domainname { get; set; }

    /// <summary>Environment variables on top of the image's and those of -EnvFile.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Environment")]
    public Hashtable? Env { get; set; }

    /// <summary>Files of environment variables, a line <c>NAME=value</c> each; a name alone takes the value that this session has, and # begins a comment.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] EnvFile { get; set; } = [];

    /// <summary>Labels on top of the image's and those of -LabelFile.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public Hashtable? Label { get; set; }

    /// <summary>Files of labels, a line <c>NAME=value</c> each.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] LabelFile { get; set; } = [];

    /// <summary>What tools want to write down about it: the annotations of its runtime-spec.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public Hashtable? Annotation { get; set; }

    /// <summary>Further lines of /etc/hosts: <c>db:10.0.0.5</c>, or <c>host:host-gateway</c> for an address by which it reaches the host.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] AddHost { get; set; } = [];

    /// <summary>The name servers that it asks instead of the host's; in a user-defined network the embedded one asks them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] Dns { get; set; } = [];

    /// <summary>The domains in which it looks for short names instead of the host's; <c>.</c> for none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] DnsSearch { get; set; } = [];

    /// <summary>The resolver's options instead of the host's, such as <c>ndots:2</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] DnsOption { get; set; } = [];

    private ContainerCreateOptions WithIdentity(ContainerCreateOptions options) => options with
    {
        User = User,
        GroupAdd = GroupAdd,
        Hostname = Hostname,
        Domainname = Domainname,
        Env = Arguments.Pairs(Env),
        EnvFiles = [.. EnvFile.Select(ResolvePath)],
        Labels = Arguments.Pairs(Label),
        LabelFiles = [.. LabelFile.Select(ResolvePath)],
        Annotations = Arguments.Pairs(Annotation),
        ExtraHosts = AddHost,
        DnsServers = Dns,
        DnsSearch = DnsSearch,
        DnsOptions = DnsOption,
    };
}
