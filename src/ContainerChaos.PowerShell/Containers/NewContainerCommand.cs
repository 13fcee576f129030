using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Defines a container. No process is started; Start-Container does that.</summary>
[Cmdlet(VerbsCommon.New, "Container", SupportsShouldProcess = true)]
[OutputType(typeof(Container))]
public sealed partial class NewContainerCommand : ContainerChaosCmdlet
{
    /// <summary>The unique name: letters, digits, <c>_</c>, <c>.</c> and <c>-</c>, two at least. One is made up when it is missing.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string? Name { get; set; }

    /// <summary>The image: a reference such as <c>target</c> or <c>debian:12</c>, or an id.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Reference")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageReferenceCompleter))]
    public string Image { get; set; } = "";

    /// <summary>The command, or the entrypoint's arguments. Without it the image's default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] Command { get; set; } = [];

    /// <summary>Replaces the image's entrypoint, and with it the image's default command. An empty array clears it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    public string[]? Entrypoint { get; set; }

    /// <summary>When PID 1 is started again: <c>no</c>, <c>on-failure[:N]</c>, <c>always</c> or <c>unless-stopped</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [RestartPolicyArgument]
    [ArgumentCompleter(typeof(RestartPolicyCompleter))]
    public RestartPolicy? RestartPolicy { get; set; }

    /// <summary>
    /// How long before PID 1 is started again: <c>docker</c> (100 ms doubling to a minute), <c>none</c>, or a constant delay
    /// (a time span, <c>250ms</c>, or seconds).
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [RestartDelayArgument]
    [ArgumentCompleter(typeof(RestartDelayCompleter))]
    public RestartDelay? RestartDelay { get; set; }

    /// <summary>Put an init in as PID 1 that forwards signals and reaps zombies; the command is its child.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter Init { get; set; }

    /// <summary>The signal that asks PID 1 to stop, by name or number. Without it the image's, or TERM.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SignalCompleter))]
    public string? StopSignal { get; set; }

    /// <summary>The grace period in seconds (a number or a time span) between the stop signal and SIGKILL; 10 by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SecondsArgument]
    [ValidateRange(0d, 86400d)]
    public double StopTimeout { get; set; } = double.NaN;

    /// <summary>
    /// <c>bridge</c> (the default for root), the name of a network, <c>none</c> (a loopback of its own, the default for an ordinary user), <c>host</c>,
    /// or <c>container:NAME</c> to join another container's network. The environment variable CONTAINERCHAOS_NETWORK names another default.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public string? Network { get; set; }

    /// <summary>Further names that the others of a user-defined network can reach it by.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] NetworkAlias { get; set; } = [];

    /// <summary>The address of version 4 that it must have in a user-defined network; any by default.</summary>
    [Parameter]
    public string? IPAddress { get; set; }

    /// <summary>The address of version 6 that it must have in a user-defined network; any by default.</summary>
    [Parameter]
    public string? IPv6Address { get; set; }

    /// <summary>Ports of the host that lead to it: <c>8080:80</c>, <c>127.0.0.1:8080:80</c>, <c>5353:53/udp</c>, <c>8000-8009:8000-8009</c>, or <c>80</c> for any port of the host.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] Publish { get; set; } = [];

    /// <summary>Bind mounts, <c>source:/in/the/container[:ro]</c>. A relative source is taken from PowerShell's location.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] Volume { get; set; } = [];

    /// <summary>The folder that PID 1 starts in, an absolute path in the container.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? WorkingDirectory { get; set; }

    /// <summary>Make the root file system read-only; volumes stay writable.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter ReadOnly { get; set; }

    /// <summary>Defines the container of the current pipeline object.</summary>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(string.IsNullOrEmpty(Name) ? "(a generated name)" : Name, $"New container from {Image}"))
            return;
        Container? container = null;
        if (!Attempt(Name ?? Image, () => container = Engine.Create(Options(), Cancellation)))
            return;
        WriteVerbose($"{container!.Name}: created from {container.Image} with id {container.ShortId}.");
        WriteObject(container);
    }

    private ContainerCreateOptions Options() => WithLimits(WithIdentity(WithSecurity(new()
    {
        Name = string.IsNullOrEmpty(Name) ? null : Name,
        Image = Image,
        Command = Command,
        Entrypoint = Entrypoint,
        RestartPolicy = RestartPolicy ?? Supervisor.RestartPolicy.No,
        RestartDelay = RestartDelay ?? Supervisor.RestartDelay.Docker,
        Init = Init,
        StopSignal = StopSignal,
        StopTimeout = double.IsNaN(StopTimeout) ? null : TimeSpan.FromSeconds(StopTimeout),
        Network = Network,
        NetworkAliases = NetworkAlias,
        IPAddress = IPAddress,
        IPv6Address = IPv6Address,
        Publish = Publish,
        Volumes = [.. Volume.Select(AbsoluteSource)],
        WorkingDirectory = WorkingDirectory,
        ReadOnly = ReadOnly,
    })));

    private string AbsoluteSource(string volume) =>
        volume.Split(':', 2) is [{ Length: > 0 } source, var rest] ? $"{ResolvePath(source)}:{rest}" : volume;
}
