using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>How a container is started, beside what its runtime-spec says.</summary>
public sealed record LaunchOptions
{
    /// <summary>The root's directory on the host; with an overlay, where it is mounted.</summary>
    public required string RootPath { get; init; }

    /// <summary>The bundle: the directory that a relative source of a bind mount is below, null for the current one; a seccomp agent is told of it.</summary>
    public string? Bundle { get; init; }

    /// <summary>The layers; null when the directory itself is the root.</summary>
    public OverlayRoot? Overlay { get; init; }

    /// <summary>Whether PID 1 is our init and the command its child.</summary>
    public bool Init { get; init; }

    /// <summary>Whether no file system but /dev lets device nodes open a device, whoever made them.</summary>
    public bool WithoutDeviceNodes { get; init; }

    /// <summary>
    /// The mount namespace, <c>/proc/PID/ns/mnt</c>, whose <c>/dev/shm</c> becomes this container's in the place of a mount on it: that
    /// of the container whose IPC namespace it shares. Null for none.
    /// </summary>
    public string? SharedMemoryFrom { get; init; }

    /// <summary>The system calls that the caller answers for; null for none.</summary>
    public FaultPoints? FaultPoints { get; init; }

    /// <summary>Whether the root is entered by MS_MOVE and chroot(2) instead of pivot_root(2), which an initramfs refuses.</summary>
    public bool NoPivot { get; init; }

    /// <summary>Whether the process stays in the caller's session keyring (keyrings(7)).</summary>
    public bool NoNewKeyring { get; init; }

    /// <summary>Takes what can't be granted and is not an error; null when nobody listens.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Whether the spec is as <see cref="SpecValidation"/> left it a moment ago, so that it need not be checked again.</summary>
    internal bool SpecIsChecked { get; init; }

    /// <summary>Whether the caller passes the terminal's output on to streams of its own, where newlines are to stay what they are.</summary>
    public bool RelaysTerminal { get; init; }

    /// <summary>How many descriptors from 3 on the process keeps.</summary>
    public int PreservedDescriptors { get; init; }

    /// <summary>
    /// Whether the process stops before its command, and <see cref="ContainerLauncher.Start"/> returns then: another
    /// process starts it later by <see cref="LaunchStreams.StartGate"/>.
    /// </summary>
    public bool WaitsForStart { get; init; }

    /// <summary>
    /// Whether the process that waits is there only to keep the mounts, for its user to look at: they may reach its root through
    /// proc_pid_root(5), which a process that becomes a container denies to whoever is not root.
    /// </summary>
    public bool ShowsRoot { get; init; }

    /// <summary>
    /// Runs in the caller before the process joins its control group, for a group that comes about only with a process in it.
    /// </summary>
    public Action<StartedChild>? BeforeCgroup { get; init; }

    /// <summary>
    /// What to do, in the caller, before a directory is bound onto a destination: it gets the place that will be covered, as the
    /// container's root has it.
    /// </summary>
    public IReadOnlyDictionary<string, Action<FileDescriptor>> BeforeBind { get; init; } = new Dictionary<string, Action<FileDescriptor>>();

    /// <summary>Runs in the caller when the mounts are made and the root is not entered yet (runtime-spec: createRuntime and createContainer hooks).</summary>
    public Action<StartedChild>? BeforePivot { get; init; }

    /// <summary>Runs in the caller before the command is executed (runtime-spec: startContainer hooks).</summary>
    public Action<StartedChild>? BeforeExecute { get; init; }
}
