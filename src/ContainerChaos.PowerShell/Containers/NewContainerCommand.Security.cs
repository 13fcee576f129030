using System.Collections;
using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

// What the container is kept from, and what it shares.
public partial class NewContainerCommand
{
    /// <summary>Capabilities beside Docker's default set: <c>NET_ADMIN</c>, with or without <c>CAP_</c>, or <c>ALL</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CapabilityCompleter))]
    public string[] CapAdd { get; set; } = [];

    /// <summary>Capabilities that it does not get; <c>ALL</c> for all but those of -CapAdd.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CapabilityCompleter))]
    public string[] CapDrop { get; set; } = [];

    /// <summary>Keep it from next to nothing: all capabilities, all of the host's devices, no seccomp filter, no hidden paths, /sys and the control groups writable.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter Privileged { get; set; }

    /// <summary>
    /// By the names of Docker's --security-opt: <c>seccomp=unconfined</c>, <c>seccomp=PATH</c> for a profile in Docker's format,
    /// <c>no-new-privileges=false</c>, <c>systempaths=unconfined</c>, <c>apparmor=PROFILE</c>. Without any, Docker's default profile, and no new privileges.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("SecurityOpt")]
    [ArgumentCompleter(typeof(SecurityOptionCompleter))]
    public string[] SecurityOption { get; set; } = [];

    /// <summary>
    /// The system calls that faults can be made of later (Invoke-SyscallFault): <c>fsync</c>, <c>connect</c>, or <c>file-io</c> for all that open, read, write and sync files.
    /// Each is intercepted for as long as the container lives, and costs some microseconds more.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SystemCallCompleter))]
    public string[] FaultPoint { get; set; } = [];

    /// <summary>Kernel parameters of its own namespaces: <c>@{ 'net.core.somaxconn' = 1024 }</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public Hashtable? Sysctl { get; set; }

    /// <summary>Whose PIDs it sees: its own by default, <c>host</c>, or <c>container:NAME</c>.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PidModeCompleter))]
    public string? Pid { get; set; }

    /// <summary>Whose System V IPC and /dev/shm it has: <c>private</c> by default, <c>shareable</c>, <c>none</c> for no /dev/shm, <c>host</c>, or <c>container:NAME</c> of a shareable one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(IpcModeCompleter))]
    public string? Ipc { get; set; }

    /// <summary>Whose host name it has: its own by default, or <c>host</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(HostModeCompleter))]
    public string? Uts { get; set; }

    /// <summary>Whether it sees its control group as the root of all (<c>private</c>) or where it is (<c>host</c>). With -Privileged on version 1 the latter is the default, as in Docker.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Cgroupns")]
    [ArgumentCompleter(typeof(HostModeCompleter))]
    public string? CgroupnsMode { get; set; }

    private ContainerCreateOptions WithSecurity(ContainerCreateOptions options) => options with
    {
        CapAdd = CapAdd,
        CapDrop = CapDrop,
        Privileged = Privileged,
        SecurityOptions = [.. SecurityOption.Select(AbsoluteProfile)],
        FaultPoints = FaultPoint,
        Sysctl = Arguments.Pairs(Sysctl),
        Pid = Pid,
        Ipc = Ipc,
        Uts = Uts,
        CgroupnsMode = CgroupnsMode,
    };

    private string AbsoluteProfile(string option) =>
        option.Split(['=', ':'], 2) is ["seccomp", { Length: > 0 } profile] && profile is not ("unconfined" or "builtin") ? $"seccomp={ResolvePath(profile)}" : option;
}
