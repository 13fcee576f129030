using System.Globalization;
using System.IO.Enumeration;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Ends processes of the target by name, all or a share of them.</summary>
/// <param name="Pattern">The command's name as the kernel has it (at most 15 characters); <c>*</c> and <c>?</c> are wildcards. PID 1 is meant only where the pattern has no wildcard.</param>
/// <param name="Share">How many of the matches, as a share from 0 to 1; at least one.</param>
/// <param name="Signal">The signal's number; SIGKILL by default.</param>
/// <param name="Seed">The seed of the choice; null for another each time.</param>
public sealed record KillProcessFault(string Pattern, double Share = 1, int Signal = 9, int? Seed = null) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "kill-process";

    /// <inheritdoc/>
    public override bool IsInstant => true;

    internal override FaultPlan Plan(ChaosTarget target)
    {
        bool isWildcard = Pattern.AsSpan().IndexOfAny("*?") >= 0;
        (int Pid, ulong StartTime)[] found = [.. target.Processes()
            .Where(p => (p.Pid != target.Pid || !isWildcard) && ProcessStat.TryRead(p.Pid, out ProcessStat stat) && FileSystemName.MatchesSimpleExpression(Pattern, stat.Name, ignoreCase: false))
            .OrderBy(p => p.Pid)];
        if (found.Length == 0)
            throw new ContainerException(ErrorReason.InvalidArgument, $"{target} has no process '{Pattern}'.", target.Name) { Remedy = "See Get-ContainerProcess for those it has." };
        (Seed is { } seed ? new Random(seed) : Random.Shared).Shuffle(found);
        found = found[..Math.Clamp((int)Math.Round(found.Length * Share), 1, found.Length)];
        return new FaultPlan
        {
            Effect = string.Create(CultureInfo.InvariantCulture, $"{SignalName.Of(Signal)} to {found.Length} process(es) '{Pattern}' (host {string.Join(", ", found.Take(8).Select(p => p.Pid))}{(found.Length > 8 ? ", …" : "")})"),
            Apply = [.. found.Select(p => FaultStep.Signal(p.Pid, p.StartTime, Signal))],
        };
    }
}
