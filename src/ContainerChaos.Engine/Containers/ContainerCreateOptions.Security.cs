namespace ContainerChaos.Engine;

// What the container is kept from.
public sealed partial record ContainerCreateOptions
{
    /// <summary>Capabilities beside Docker's default set, with or without <c>CAP_</c>; <c>ALL</c> for all.</summary>
    public IReadOnlyList<string> CapAdd { get; init; } = [];

    /// <summary>Capabilities that it does not get; <c>ALL</c> for all but those that are added.</summary>
    public IReadOnlyList<string> CapDrop { get; init; } = [];

    /// <summary>
    /// Keep it from next to nothing, as Docker's <c>--privileged</c> does: all capabilities, all of the host's devices, no seccomp filter, no
    /// hidden paths, /sys and the control groups writable.
    /// </summary>
    public bool Privileged { get; init; }

    /// <summary>
    /// By the names of Docker's <c>--security-opt</c>: <c>seccomp=unconfined</c>, <c>seccomp=PATH</c> for a profile in Docker's format,
    /// <c>no-new-privileges=false</c>, <c>systempaths=unconfined</c>, <c>apparmor=PROFILE</c>. Without any, Docker's default profile and no new privileges.
    /// </summary>
    public IReadOnlyList<string> SecurityOptions { get; init; } = [];

    /// <summary>
    /// The system calls that faults can be made of later, by name (<c>fsync</c>, <c>connect</c>), or <c>file-io</c> for those that open, read, write and sync files. Each is
    /// intercepted for as long as the container lives, and costs some microseconds more. For root alone.
    /// </summary>
    public IReadOnlyList<string> FaultPoints { get; init; } = [];

    /// <summary>Kernel parameters of its own namespaces, <c>net.core.somaxconn</c> and the like.</summary>
    public IReadOnlyDictionary<string, string> Sysctl { get; init; } = new Dictionary<string, string>();

    /// <summary><c>private</c> (null), <c>host</c>, or <c>container:NAME</c>.</summary>
    public string? Pid { get; init; }

    /// <summary><c>private</c> (null), <c>shareable</c>, <c>none</c>, <c>host</c>, or <c>container:NAME</c>, whose own must be shareable.</summary>
    public string? Ipc { get; init; }

    /// <summary><c>private</c> (null) or <c>host</c>.</summary>
    public string? Uts { get; init; }

    /// <summary><c>private</c> or <c>host</c>; null for private, and for host with <see cref="Privileged"/> on version 1 of the control groups, as in Docker.</summary>
    public string? CgroupnsMode { get; init; }
}
