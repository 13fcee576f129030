using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Defines a container. No process is started; Start-Container does that.</summary>
[Cmdlet(VerbsCommon.New, "Container", SupportsShouldProcess = true)]
[OutputType(typeof(Container))]
public partial class NewContainerCommand : ContainerChaosCmdlet
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

    /// <summary>Give PID 1 a terminal, which Enter-Container -Attach connects with yours; its output and its errors are one then.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter Tty { get; set; }

    /// <summary>Keep PID 1's standard input open for whoever attaches. Without it, it is empty.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter Interactive { get; set; }

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

    /// <summary>Docker's -P: lead a free port of the host to each port that the image exposes; the property Ports of the running container tells which.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter PublishAll { get; set; }

    /// <summary>
    /// Volumes and directories of the host, as Docker's -v: <c>name:/in/the/container[:ro,nocopy]</c>, <c>/host/path:/in/the/container[:ro,rslave]</c>,
    /// <c>/in/the/container</c> for an anonymous volume. A source with <c>./</c>, <c>../</c> or <c>~</c> is taken from PowerShell's location; a missing one is made.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] Volume { get; set; } = [];

    /// <summary>
    /// Mounts in Docker's long form, <c>'type=bind,source=/srv,target=/srv,readonly'</c>, or a table of the same names, <c>@{ type = 'bind'; source = '/srv'; target = '/srv' }</c>.
    /// A missing source of type bind is an error.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [MountArgument]
    public string[] Mount { get; set; } = [];

    /// <summary>File systems in memory, <c>'/in/the/container:size=64m,mode=1777'</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] Tmpfs { get; set; } = [];

    /// <summary>Docker's --storage-opt: <c>size=1GB</c> limits what the container may write into its own layer.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("StorageOpt")]
    public string[] StorageOption { get; set; } = [];

    /// <summary>The folder that PID 1 starts in, an absolute path in the container.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? WorkingDirectory { get; set; }

    /// <summary>Make the root file system read-only; volumes stay writable.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter ReadOnly { get; set; }

    /// <summary>Defines the container of the current pipeline object.</summary>
    protected override void ProcessRecord()
    {
        if (Create() is { } container)
            WriteObject(container);
    }

    /// <summary>Defines the container; null when that failed and was reported, or was only asked about.</summary>
    private protected Container? Create()
    {
        if (!ShouldProcess(string.IsNullOrEmpty(Name) ? "(a generated name)" : Name, $"New container from {Image}"))
            return null;
        Container? container = null;
        if (!Attempt(Name ?? Image, () => container = Engine.Create(Options(), Cancellation)))
            return null;
        WriteVerbose($"{container!.Name}: created from {container.Image} with id {container.ShortId}.");
        return container;
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
        Tty = Tty,
        Interactive = Interactive,
        StopSignal = StopSignal,
        StopTimeout = double.IsNaN(StopTimeout) ? null : TimeSpan.FromSeconds(StopTimeout),
        Network = Network,
        NetworkAliases = NetworkAlias,
        IPAddress = IPAddress,
        IPv6Address = IPv6Address,
        Publish = Publish,
        PublishAll = PublishAll,
        Volumes = [.. Volume.Select(AbsoluteSource)],
        Mounts = [.. Mount.Select(AbsoluteMount)],
        Tmpfs = Tmpfs,
        StorageOptions = StorageOption,
        WorkingDirectory = WorkingDirectory,
        ReadOnly = ReadOnly,
        Health = Health(),
        AutoRemove = AutoRemove,
    })));

    // Docker's rule: what has no slash in front and no dot is a volume's name.
    private string AbsoluteSource(string volume) => volume.Split(':', 2) is [{ Length: > 0 } source, var rest] ? $"{AbsolutePath(source)}:{rest}" : volume;

    private string AbsolutePath(string source) => source[0] is '/' or '.' or '~' || source.Contains('/') ? ResolvePath(source) : source;

    private string AbsoluteMount(string mount) => mount.Contains("type=bind", StringComparison.OrdinalIgnoreCase)
        ? string.Join(',', mount.Split(',').Select(field => field.Split('=', 2) is ["source" or "src", { Length: > 0 } source] pair ? $"{pair[0]}={AbsolutePath(source)}" : field))
        : mount;
}
