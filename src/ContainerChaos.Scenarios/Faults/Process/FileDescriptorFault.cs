using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Lets the target's processes open no further file: their soft RLIMIT_NOFILE is lowered to the first number that is free (EMFILE).</summary>
/// <param name="Leave">How many each may still open.</param>
public sealed record FileDescriptorFault(int Leave = 0) : FaultSpec
{
    private const int RLIMIT_NOFILE = 7;

    /// <inheritdoc/>
    public override string Name => "file-descriptor";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        var apply = new List<FaultStep>();
        var undo = new List<FaultStep>();
        foreach ((int pid, ulong startTime) in target.Processes())
        {
            if (TryPlan(pid) is not var (limit, soft, hard))
                continue;
            var step = new FaultStep { Operation = FaultOperation.SetLimit, Pid = pid, PidStartTime = startTime, Number = RLIMIT_NOFILE, Soft = Math.Min(limit, soft), Hard = hard };
            apply.Add(step);
            undo.Add(step with { Soft = soft });
        }

        if (apply.Count == 0)
            throw new ContainerException(ErrorReason.PermissionDenied, $"{target}: the descriptors of its processes can't be read.", target.Name) { Remedy = "Do it as root, or as the user whose processes they are." };
        return new FaultPlan
        {
            Effect = string.Create(CultureInfo.InvariantCulture, $"RLIMIT_NOFILE of {apply.Count} process(es) lowered to what is open (PID 1: {apply.FirstOrDefault(s => s.Pid == target.Pid)?.Soft ?? 0}): open, socket and accept fail with EMFILE"),
            Apply = apply,
            Undo = undo,
            Holds = [.. apply.Select(step => $"RLIMIT_NOFILE of process {step.Pid}")],
        };
    }

    private (ulong Limit, ulong Soft, ulong Hard)? TryPlan(int pid)
    {
        try
        {
            // The limit is one more than the highest number that may be given out (getrlimit(2)), and the lowest free one is (open(2)).
            HashSet<int> open = [.. Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))];
            (ulong soft, ulong hard) = ProcessTuning.ReadLimit(pid, RLIMIT_NOFILE);
            int first = 0;
            for (int free = 0; open.Contains(first) || free++ < Leave;)
                first++;
            return ((ulong)first, soft, hard);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ErrnoException)
        {
            return null;
        }
    }
}
