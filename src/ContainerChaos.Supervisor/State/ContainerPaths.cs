namespace ContainerChaos.Supervisor;

/// <summary>Where a container's files are: what survives a reboot, and what dies with it.</summary>
/// <param name="ContainerDirectory">The container's directory below the data root.</param>
/// <param name="RunDirectory">The container's directory below the run root.</param>
public sealed record ContainerPaths(string ContainerDirectory, string RunDirectory)
{
    /// <summary>The <see cref="Supervisor.ContainerDefinition"/>.</summary>
    public string Definition => Path.Combine(ContainerDirectory, "container.json");

    /// <summary>What is locked, exclusively, while <see cref="Definition"/> is changed or read for a monitor: the directory itself, which is always there.</summary>
    public string DefinitionLock => ContainerDirectory;

    /// <summary>The runtime-spec.</summary>
    public string Spec => Path.Combine(ContainerDirectory, "config.json");

    /// <summary>The <see cref="ContainerState"/>.</summary>
    public string State => Path.Combine(ContainerDirectory, "state.json");

    /// <summary>The <see cref="ContainerNetworks"/>; absent when it has never been in a network of the engine's.</summary>
    public string Networks => Path.Combine(ContainerDirectory, "network.json");

    /// <summary>The file that is locked while <see cref="Networks"/> is changed.</summary>
    public string NetworksLock => Path.Combine(ContainerDirectory, "network.lock");

    /// <summary>The destinations, a line each, whose volumes get what the image has there at the first start; absent after it, or when there are none.</summary>
    public string CopyUp => Path.Combine(ContainerDirectory, "copy-up");

    /// <summary>The overlay's writable layer.</summary>
    public string Upper => Path.Combine(ContainerDirectory, "upper");

    /// <summary>The overlay's work directory.</summary>
    public string Work => Path.Combine(ContainerDirectory, "work");

    /// <summary>The file that is the disk of a limited writable layer; absent for others.</summary>
    public string Disk => Path.Combine(ContainerDirectory, "disk.img");

    /// <summary>Where that disk is mounted, inside the container's own mount namespace only.</summary>
    public string DiskPlace => Path.Combine(ContainerDirectory, "disk");

    /// <summary>Where the overlay is mounted, inside the container's own mount namespace only.</summary>
    public string RootFileSystem => Path.Combine(ContainerDirectory, "rootfs");

    /// <summary>The json-file log.</summary>
    public string Log => Path.Combine(ContainerDirectory, Path.GetFileName(ContainerDirectory) + "-json.log");

    /// <summary>The events, a JSON object a line.</summary>
    public string Events => Path.Combine(ContainerDirectory, "events.jsonl");

    /// <summary>The events of all containers of the data root; see <see cref="EventJournal"/>.</summary>
    public string Journal => Path.GetFullPath(Path.Combine(ContainerDirectory, "..", "..", "events", "events.jsonl"));

    /// <summary>The monitor's socket (SOCK_SEQPACKET).</summary>
    public string ControlSocket => Path.Combine(RunDirectory, "control.sock");

    /// <summary>The socket of the process that answers its intercepted calls (SOCK_SEQPACKET); absent when it has no fault points.</summary>
    public string FaultPoints => Path.Combine(RunDirectory, "fault-points.sock");

    /// <summary>The <see cref="ClockOffsets"/> of the next start; absent for the host's clocks.</summary>
    public string Clocks => Path.Combine(RunDirectory, "clocks.json");

    /// <summary>The file whose flock(2) the live monitor holds.</summary>
    public string Lock => Path.Combine(RunDirectory, "lock");

    /// <summary>The FIFO behind the container's standard output.</summary>
    public string StandardOutput => Path.Combine(RunDirectory, "stdout");

    /// <summary>The FIFO behind the container's standard error.</summary>
    public string StandardError => Path.Combine(RunDirectory, "stderr");
}
