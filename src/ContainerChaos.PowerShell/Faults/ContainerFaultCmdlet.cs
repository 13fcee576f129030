using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.PowerShell;

/// <summary>A cmdlet for the faults of processes, memory, processors and disks that last, a parameter set each. PowerShell has no more than 32 in a cmdlet.</summary>
public abstract class ContainerFaultCmdlet : FaultCmdlet
{
    private const int Most = 10_000;

    /// <summary>Freeze every process by the freezer of the control group: nobody answers, and connections stay open.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Freeze")]
    public SwitchParameter Freeze { get; set; }

    /// <summary>Stop every process with SIGSTOP, and let them go on with SIGCONT.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "SigStop")]
    public SwitchParameter SigStop { get; set; }

    /// <summary>Stop only PID 1; its children go on, and nobody reaps them.</summary>
    [Parameter(ParameterSetName = "SigStop")]
    public SwitchParameter OnlyInit { get; set; }

    /// <summary>Send PID 1 this signal again and again.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "SignalStorm")]
    [ArgumentCompleter(typeof(SignalCompleter))]
    public string SignalStorm { get; set; } = "";

    /// <summary>How often a second the signal is sent (1000), or how many bytes a second are leaked (<c>10MB</c>; as fast as it goes).</summary>
    [Parameter(ParameterSetName = "SignalStorm")]
    [Parameter(ParameterSetName = "MemoryOverrun")]
    [ByteSizeArgument]
    [ValidateRange(1L, long.MaxValue)]
    public long Rate { get; set; }

    /// <summary>Fill the PID table with so many zombies: children that have ended and are not reaped.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Zombie")]
    [ValidateRange(1, Most)]
    public int Zombie { get; set; }

    /// <summary>Leave so many sleeping orphans to PID 1; at the end of the fault it has to reap them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Orphan")]
    [ValidateRange(1, Most)]
    public int Orphan { get; set; }

    /// <summary>Fork until the pids limit is reached, and take each place that becomes free.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ForkBomb")]
    public SwitchParameter ForkBomb { get; set; }

    /// <summary>At most so many processes; needed where the target has no pids limit.</summary>
    [Parameter(ParameterSetName = "ForkBomb")]
    [ValidateRange(1, Most)]
    public int Limit { get; set; }

    /// <summary>Start so many sleeping threads, which count like processes.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Thread")]
    [ValidateRange(1, Most)]
    public int Thread { get; set; }

    /// <summary>Let no process open a further file or socket (EMFILE): RLIMIT_NOFILE is lowered to what is open.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ExhaustFileDescriptor")]
    public SwitchParameter ExhaustFileDescriptor { get; set; }

    /// <summary>How many files each process may still open.</summary>
    [Parameter(ParameterSetName = "ExhaustFileDescriptor")]
    [ValidateRange(0, 1_000_000)]
    public int Leave { get; set; }

    /// <summary>The nice value of all threads, -20 to 19: 19 gives way to everybody.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Nice")]
    [ValidateRange(-20, 19)]
    public int Nice { get; set; }

    /// <summary>The weight for processor time, 1 to 10000; 100 is the default.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "CpuWeight")]
    [ValidateRange(1, 10_000)]
    public int CpuWeight { get; set; }

    /// <summary>Burn processor time inside the control group, with so many threads.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Cpu")]
    [ValidateRange(1, 256)]
    public int Cpu { get; set; }

    /// <summary>Squeeze the quota to so many processors: 0.1 is a tenth of one.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "CpuQuota")]
    [ValidateRange(0.01, 1024d)]
    public double CpuQuota { get; set; }

    /// <summary>Squeeze the quota to so many processors in bursts.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "CpuThrottle")]
    [ValidateRange(0.01, 1024d)]
    public double CpuThrottle { get; set; }

    /// <summary>How long a burst lasts, and the pause after it; 200 ms by default.</summary>
    [Parameter(ParameterSetName = "CpuThrottle")]
    [DurationArgument]
    public TimeSpan Period { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The only processors that may be used: <c>0</c>, <c>0-1,3</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "CpuSet")]
    [ValidatePattern("^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$")]
    public string CpuSet { get; set; } = "";

    /// <summary>Compute with so many threads in a control group beside the target's.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "NoisyNeighbour")]
    [Alias("NoisyNeighbor")]
    [ValidateRange(1, 256)]
    public int NoisyNeighbour { get; set; }

    /// <summary>Leak memory until the OOM killer ends PID 1.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "MemoryOverrun")]
    public SwitchParameter MemoryOverrun { get; set; }

    /// <summary>Lower the memory limit to this size.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "MemoryLimit")]
    [ByteSizeArgument]
    [ValidateRange(4096L, long.MaxValue)]
    public long MemoryLimit { get; set; }

    /// <summary>Make it reclaim its own pages: memory.high, on version 1 the hard limit, at this share of what is used, 0.1 to 1.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "MemoryPressure")]
    [ValidateRange(0.1, 1d)]
    public double MemoryPressure { get; set; }

    /// <summary>Have the OOM killer end a process that is not PID 1.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "OomChild")]
    public SwitchParameter OomChild { get; set; }

    /// <summary>The same with memory.oom.group: every process is ended with it. Version 2 only.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "OomGroup")]
    public SwitchParameter OomGroup { get; set; }

    /// <summary>Fill the file system that this directory of the target is on, down to ENOSPC where it is not the host's.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "DiskFill")]
    [ValidateNotNullOrEmpty]
    public string DiskFill { get; set; } = "";

    /// <summary>How much is filled at most; all there is by default.</summary>
    [Parameter(ParameterSetName = "DiskFill")]
    [ByteSizeArgument]
    [ValidateRange(4096L, long.MaxValue)]
    public long Size { get; set; }

    /// <summary>Read from and write to the disk at most so many bytes a second: <c>1MB</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "IoThrottle")]
    [ByteSizeArgument]
    [ValidateRange(4096L, long.MaxValue)]
    public long IoThrottle { get; set; }

    /// <summary>Make the mount that -Path is on read-only: writing fails with EROFS.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ReadOnly")]
    public SwitchParameter ReadOnly { get; set; }

    /// <summary>Flip the bits of some bytes of this file of the writable layer.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "CorruptFile")]
    [ValidateNotNullOrEmpty]
    public string CorruptFile { get; set; } = "";

    /// <summary>How many bytes are corrupted, in a row; 64 by default.</summary>
    [Parameter(ParameterSetName = "CorruptFile")]
    [ValidateRange(1, 65_536)]
    public int Bytes { get; set; } = 64;

    /// <summary>Take this file of the writable layer away; the undo puts the same one back.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "DeleteFile")]
    [ValidateNotNullOrEmpty]
    public string DeleteFile { get; set; } = "";

    /// <summary>Make up to so many empty files, so that the file system of -Path has no inode left.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Inode")]
    [ValidateRange(1, 1_000_000)]
    public int Inode { get; set; }

    /// <summary>Stop the monitor of the container with SIGSTOP: what is asked of its control socket waits, and nobody restarts it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "StallMonitor")]
    public SwitchParameter StallMonitor { get; set; }

    /// <summary>The path of the target whose file system is meant; its root by default. With -Inode a directory on a tmpfs, or in the container's root.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Inode")]
    [Parameter(ParameterSetName = "IoThrottle")]
    [Parameter(ParameterSetName = "ReadOnly")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "/";

    /// <summary>The fault that the parameter set is.</summary>
    private protected override FaultSpec ReadFault() => ParameterSetName switch
    {
        "Freeze" => new FreezeFault(),
        "SigStop" => new SigStopFault(OnlyInit),
        "SignalStorm" => new SignalStormFault(SignalArgument.Parse(SignalStorm, null), Rate == 0 ? 1000 : (int)Math.Min(Rate, 100_000)),
        "Zombie" => new ZombieFault(Zombie),
        "Orphan" => new OrphanFault(Orphan),
        "ForkBomb" => new ForkBombFault(Limit == 0 ? null : Limit),
        "Thread" => new ThreadFault(Thread),
        "ExhaustFileDescriptor" => new FileDescriptorFault(Leave),
        "Nice" => new NiceFault(Nice),
        "CpuWeight" => new CpuWeightFault(CpuWeight),
        "Cpu" => new CpuFault(Cpu),
        "CpuQuota" => new CpuQuotaFault(CpuQuota),
        "CpuThrottle" => new CpuThrottleFault(CpuThrottle, Period < TimeSpan.FromMilliseconds(10) ? TimeSpan.FromMilliseconds(10) : Period),
        "CpuSet" => new CpuSetFault(CpuSet),
        "NoisyNeighbour" => new NoisyNeighbourFault(NoisyNeighbour),
        "MemoryOverrun" => new MemoryOverrunFault(Rate),
        "MemoryLimit" => new MemoryLimitFault(MemoryLimit),
        "MemoryPressure" => new MemoryPressureFault(MemoryPressure),
        "OomChild" => new OomChildFault(),
        "OomGroup" => new OomChildFault(Group: true),
        "DiskFill" => new DiskFillFault(DiskFill, Size),
        "IoThrottle" => new IoThrottleFault(IoThrottle, Path),
        "ReadOnly" => new ReadOnlyFault(Path),
        "CorruptFile" => new CorruptFileFault(CorruptFile, Bytes, GivenSeed),
        "DeleteFile" => new DeleteFileFault(DeleteFile),
        "StallMonitor" => new MonitorFault(Stalls: true),
        "Inode" => new InodeFault(Path, Inode),
        _ => throw new ContainerException(ErrorReason.InvalidArgument, "No fault is chosen.") { Remedy = "Choose one: -Freeze, -MemoryLimit 32MB, -CpuQuota 0.1 …" },
    };
}
