using System.Management.Automation;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>A cmdlet for faults of system calls.</summary>
public abstract class SyscallFaultCmdlet : FaultCmdlet
{
    /// <summary>The calls by name, which are fault points of the targets (New-Container -FaultPoint): <c>fsync</c>, <c>connect</c>.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Call")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SystemCallCompleter))]
    public string[] Call { get; set; } = [];

    /// <summary>All calls that open, read, write and sync files.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Io")]
    public SwitchParameter Io { get; set; }

    /// <summary>The error that they fail with, without happening: <c>EIO</c>, <c>ENOSPC</c>, or its number. Without it they happen after -Delay.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ErrnoCompleter))]
    public string? Errno { get; set; }

    /// <summary>How long each waits: <c>200ms</c>, up to an hour. Only a signal that kills ends the wait before.</summary>
    [Parameter]
    [DurationArgument]
    public TimeSpan Delay { get; set; }

    /// <summary>Mean each n-th of the calls, counted over all of them together.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Every { get; set; } = 1;

    /// <summary>Mean a share of the calls, at random with -Seed: 0.1 is one in ten.</summary>
    [Parameter]
    [ValidateRange(0.000_001, 1d)]
    public double Share { get; set; } = 1;

    /// <summary>Mean the calls about these files only, as the target names them, with wildcards: <c>/data/*</c>.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The fault that the parameters are.</summary>
    private protected override FaultSpec ReadFault()
    {
        var errno = Linux.Errno.None;
        if (Errno is { } text && !SyscallFault.TryParse(text, out errno))
            throw new ContainerException(ErrorReason.InvalidArgument, $"'{text}' is no error number.") { Remedy = "Write EIO, ENOSPC, ECONNREFUSED or a number of errno(3)." };
        return new SyscallFault(Io ? [FileSystemCalls.Group] : Call) { Errno = errno, Delay = Delay, Every = Every, Share = Share, Seed = GivenSeed, Path = Path };
    }
}
