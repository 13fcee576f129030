using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Changes the limits and the restart policy of containers: at once when they run, and for their next start.</summary>
[Cmdlet(VerbsData.Update, "Container", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Container))]
public sealed class UpdateContainerCommand : PassThruCmdlet
{
    /// <summary>The memory limit: <c>64MB</c>, <c>'64m'</c> or bytes; 0 for none. Less than is in use is refused.</summary>
    [Parameter]
    [ByteSizeArgument]
    public long Memory { get; set; }

    /// <summary>Memory and swap together; -1 for as much swap as there is, 0 for none on top of the memory limit.</summary>
    [Parameter]
    [ByteSizeArgument]
    public long MemorySwap { get; set; }

    /// <summary>What it is pushed back to when the host is short of memory; 0 for none.</summary>
    [Parameter]
    [ByteSizeArgument]
    public long MemoryReservation { get; set; }

    /// <summary>How many CPUs' worth of time it may use, in the place of a quota and a period; 0 for no limit.</summary>
    [Parameter]
    public double Cpus { get; set; }

    /// <summary>Its share beside others when all want the processors, 2 to 262144; 0 for everybody's.</summary>
    [Parameter]
    public long CpuShares { get; set; }

    /// <summary>The period of -CpuQuota in microseconds; 0 for 100000.</summary>
    [Parameter]
    public long CpuPeriod { get; set; }

    /// <summary>The processor time in each period in microseconds, in the place of -Cpus; 0 or -1 for no limit.</summary>
    [Parameter]
    public long CpuQuota { get; set; }

    /// <summary>The period of -CpuRtRuntime in microseconds; 0 for 1000000.</summary>
    [Parameter]
    public long CpuRtPeriod { get; set; }

    /// <summary>How long its real-time processes may run in each such period, in microseconds; 0 for not at all. Version 1 of the control groups only.</summary>
    [Parameter]
    public long CpuRtRuntime { get; set; }

    /// <summary>The processors that it may run on, <c>0-2,4</c>; an empty text for all.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? CpusetCpus { get; set; }

    /// <summary>The memory nodes that it may use; an empty text for all.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? CpusetMems { get; set; }

    /// <summary>Its share of block devices beside others, 10 to 1000; 0 for everybody's.</summary>
    [Parameter]
    public int BlkioWeight { get; set; }

    /// <summary>How many processes and threads may exist in it at once; 0 or -1 for no limit.</summary>
    [Parameter]
    public int PidsLimit { get; set; }

    /// <summary>When PID 1 is started again, from its next end on: <c>no</c>, <c>on-failure[:N]</c>, <c>always</c> or <c>unless-stopped</c>.</summary>
    [Parameter]
    [Alias("Restart")]
    [RestartPolicyArgument]
    [ArgumentCompleter(typeof(RestartPolicyCompleter))]
    public RestartPolicy? RestartPolicy { get; set; }

    /// <summary>How long before it is started again, from its next end on: <c>docker</c>, <c>none</c>, or a constant delay.</summary>
    [Parameter]
    [RestartDelayArgument]
    [ArgumentCompleter(typeof(RestartDelayCompleter))]
    public RestartDelay? RestartDelay { get; set; }

    private protected override string Operation => "Update limits and restart policy";

    private protected override bool Starts => true;

    private protected override object Act(ContainerTarget target) => Engine.Update(target.Id, new ContainerUpdateOptions
    {
        MemoryBytes = Given(nameof(Memory), Memory),
        MemorySwapBytes = Given(nameof(MemorySwap), MemorySwap),
        MemoryReservationBytes = Given(nameof(MemoryReservation), MemoryReservation),
        Cpus = Given(nameof(Cpus), Cpus),
        CpuShares = Given(nameof(CpuShares), CpuShares),
        CpuPeriod = Given(nameof(CpuPeriod), CpuPeriod),
        CpuQuota = Given(nameof(CpuQuota), CpuQuota),
        CpuRtPeriod = Given(nameof(CpuRtPeriod), CpuRtPeriod),
        CpuRtRuntime = Given(nameof(CpuRtRuntime), CpuRtRuntime),
        CpusetCpus = CpusetCpus,
        CpusetMems = CpusetMems,
        BlkioWeight = Given(nameof(BlkioWeight), BlkioWeight),
        PidsLimit = Given(nameof(PidsLimit), PidsLimit),
        RestartPolicy = RestartPolicy,
        RestartDelay = RestartDelay,
    });

    private protected override string Describe(Container container) => $"{container.Name}: updated.";

    // 0 says something, so that a parameter which is not there has to be told from one that is.
    private T? Given<T>(string parameter, T value)
        where T : struct => MyInvocation.BoundParameters.ContainsKey(parameter) ? value : null;
}
