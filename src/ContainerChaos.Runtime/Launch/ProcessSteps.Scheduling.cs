using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>When and where a process runs: CPUs, scheduling policy, I/O priority, memory nodes, execution domain.</summary>
internal sealed partial class ProcessSteps
{
    private static readonly string[] IoClasses = ["", "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE"];

    // linux/mempolicy.h, in the order of their numbers.
    private static readonly string[] MemoryModes =
        ["MPOL_DEFAULT", "MPOL_PREFERRED", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_LOCAL", "MPOL_PREFERRED_MANY", "MPOL_WEIGHTED_INTERLEAVE"];

    private bool IsRealTime => _process.Scheduler?.Policy is "SCHED_FIFO" or "SCHED_RR";

    /// <summary>
    /// Whether a version 1 group of the cpu controller lets nothing in it be real-time, as every new one does (CONFIG_RT_GROUP_SCHED).
    /// Its other limits are of no concern to real-time processes, so one that is asked for is not in the group.
    /// </summary>
    private static bool HasNoRealTime(string joinFile)
    {
        var file = Path.Combine(Path.GetDirectoryName(joinFile)!, "cpu.rt_runtime_us");
        try
        {
            return File.Exists(file) && File.ReadAllText(file).Trim() == "0";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void SetInitialAffinity()
    {
        if (IsExecuted && _process.ExecCPUAffinity?.Initial is { Length: > 0 } initial)
            SetAffinity("process.execCPUAffinity.initial", initial);
    }

    /// <summary>
    /// The caller's own affinity is not the container's (taskset(1) on an engine says nothing of what it starts): the
    /// process gets every CPU of its control group unless it asks for others.
    /// </summary>
    private void SetFinalAffinity()
    {
        var affinity = IsExecuted ? _process.ExecCPUAffinity : null;
        if (affinity?.Final is { Length: > 0 } final)
            SetAffinity("process.execCPUAffinity.final", final);
        else if (string.IsNullOrEmpty(affinity?.Initial))
            _program.Call("use every CPU", SystemCallNumber.sched_setaffinity, 0, MaskBytes, EveryCpu()).ToleratingAll();
    }

    private const int MaskBytes = (IndexList.MaximumCpu + 1) / 8;

    private nint EveryCpu()
    {
        Span<ulong> mask = stackalloc ulong[MaskBytes / sizeof(ulong)];
        mask.Fill(ulong.MaxValue);
        return _program.Array<ulong>(mask);
    }

    private void SetAffinity(string field, string list)
    {
        var mask = IndexList.TryParse(list, IndexList.MaximumCpu)
            ?? throw new ContainerException(ErrorReason.InvalidArgument, $"{field}: '{list}' is not a list of CPUs as '0-3,7'.", field);
        _program.Call($"{field}: use the CPUs {list}", SystemCallNumber.sched_setaffinity, 0, mask.Length * sizeof(ulong), _program.Array<ulong>(mask));
    }

    /// <summary>
    /// After the last fork: SCHED_DEADLINE forbids one, and SCHED_FLAG_RESET_ON_FORK would undo the policy. The kernel looks
    /// for CAP_SYS_NICE in the initial user namespace, so for a process in another one it is the parent's to do.
    /// </summary>
    private void SetScheduling()
    {
        var byParent = InUserNamespace && OwnCapabilities.HasOnHost("CAP_SYS_NICE");
        if (_process.Scheduler is { } scheduler)
        {
            const string step = "process.scheduler: set the policy";
            var attributes = Attributes(scheduler);
            if (byParent)
                AskFor(step, pid => Tune(step, () => ProcessTuning.SetScheduler(pid, attributes)));
            else
                _program.Call(step, SystemCallNumber.sched_setattr, 0, _program.Structure(attributes), 0);
        }
        if (_process.IoPriority is { } priority)
        {
            const string step = "process.ioPriority: set the priority";
            const int IOPRIO_CLASS_SHIFT = 13;
            var value = (Math.Max(0, Array.IndexOf(IoClasses, priority.Class)) << IOPRIO_CLASS_SHIFT) | priority.Priority;
            if (byParent)
                AskFor(step, pid => Tune(step, () => ProcessTuning.SetIoPriority(pid, value)));
            else
                _program.Call(step, SystemCallNumber.ioprio_set, ProcessTuning.IOPRIO_WHO_PROCESS, 0, value);
        }
        SetMemoryPolicy();
        const int PER_LINUX = 0, PER_LINUX32 = 8;
        if (Personality is { } personality)
            _program.Call("linux.personality: set the execution domain", SystemCallNumber.personality, personality.Domain == "LINUX32" ? PER_LINUX32 : PER_LINUX);
    }

    private static SchedulerAttributes Attributes(SchedulerSpec scheduler)
    {
        var flags = 0UL;
        foreach (var flag in scheduler.Flags)
            flags |= 1UL << Math.Max(0, Array.IndexOf(SchedulerValidation.Flags, flag));
        return new SchedulerAttributes(
            (uint)Math.Max(0, Array.IndexOf(SchedulerValidation.Policies, scheduler.Policy)), flags, scheduler.Nice, (uint)Math.Max(0, scheduler.Priority),
            scheduler.Runtime ?? 0, scheduler.Deadline ?? 0, scheduler.Period ?? 0);
    }

    private void SetMemoryPolicy()
    {
        if (MemoryPolicy is not { } policy)
            return;
        const int MPOL_F_NUMA_BALANCING = 1 << 13, MPOL_F_RELATIVE_NODES = 1 << 14, MPOL_F_STATIC_NODES = 1 << 15;
        var mode = Math.Max(0, Array.IndexOf(MemoryModes, policy.Mode));
        foreach (var flag in policy.Flags)
        {
            mode |= flag switch
            {
                "MPOL_F_NUMA_BALANCING" => MPOL_F_NUMA_BALANCING,
                "MPOL_F_RELATIVE_NODES" => MPOL_F_RELATIVE_NODES,
                "MPOL_F_STATIC_NODES" => MPOL_F_STATIC_NODES,
                _ => 0,
            };
        }
        var mask = policy.Nodes is { Length: > 0 } nodes ? IndexList.TryParse(nodes, IndexList.MaximumNode) : null;
        // The kernel takes one off the number of bits (set_mempolicy(2), NOTES of its sources: get_nodes).
        _program.Call(
            "linux.memoryPolicy: set the policy", SystemCallNumber.set_mempolicy, mode,
            mask is null ? 0 : _program.Array<ulong>(mask), mask is null ? 0 : (mask.Length * 64) + 1);
    }
}
