using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Breaks targets on purpose and undoes it. What it does is in the ledger before it is done, and a watchdog of its own undoes it if this process dies.</summary>
/// <param name="engine">The engine whose containers are meant, and whose run root has the ledger.</param>
public sealed class FaultInjector(ContainerEngine engine)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    private readonly ChaosTargetFinder _finder = new(engine);

    /// <summary>The faults in force.</summary>
    public FaultLedger Ledger { get; } = new(engine.Options.RunRoot);

    /// <summary>What runs on this host and can be broken: our containers, those of Docker, Podman, containerd and CRI-O, and systemd units.</summary>
    public IReadOnlyList<ChaosTarget> ListTargets() => _finder.List();

    /// <summary>What a selector means.</summary>
    /// <param name="selector">A name, an id or a wildcard of our containers; the same of others after their kind (<c>docker:4f5a*</c>, <c>systemd:nginx.service</c>); <c>cgroup:/PATH</c>; <c>process:PID</c>.</param>
    /// <returns>None for a wildcard that matches nothing.</returns>
    /// <exception cref="ContainerException">ContainerNotFound; InvalidState when it does not run.</exception>
    public IReadOnlyList<ChaosTarget> FindTargets(string selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return _finder.Find(selector);
    }

    /// <summary>A fault with the addresses of the containers that it names.</summary>
    /// <param name="fault">The fault.</param>
    /// <returns>The fault itself when it names none.</returns>
    /// <exception cref="ContainerException">ContainerNotFound; InvalidState: it has no address.</exception>
    public FaultSpec Resolve(FaultSpec fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return fault.Resolve(engine);
    }

    /// <summary>What a fault would do to a target, in kernel terms. Nothing is changed.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="target">The target.</param>
    /// <exception cref="ContainerException">It can't be done to this target.</exception>
    public static string Describe(FaultSpec fault, ChaosTarget target)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return fault.Plan(target).Effect;
    }

    /// <summary>Does a fault that is over at once.</summary>
    /// <param name="fault">One whose <see cref="FaultSpec.IsInstant"/> holds.</param>
    /// <param name="target">The target.</param>
    /// <param name="injecting">Called just before it is done, when the entry in the ledger is written.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="ContainerException">It could not be done.</exception>
    public FaultRecord Apply(FaultSpec fault, ChaosTarget target, Action? injecting = null)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentNullException.ThrowIfNull(target);
        Refuse(target);
        return Guard(target, () => WatchdogLauncher.Apply(Ledger, () => Record(Resolve(fault), target, until: null, []), injecting));
    }

    /// <summary>Starts a fault that lasts.</summary>
    /// <param name="fault">One whose <see cref="FaultSpec.IsInstant"/> does not hold.</param>
    /// <param name="target">The target.</param>
    /// <param name="options">How long.</param>
    /// <returns>The fault, in force.</returns>
    /// <exception cref="ContainerException">It could not be applied; nothing of it is left.</exception>
    public RunningFault Start(FaultSpec fault, ChaosTarget target, FaultOptions options)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        Refuse(target);
        if (fault.IsInstant)
            throw new ContainerException(ErrorReason.InvalidArgument, $"The fault {fault.Name} is over at once.", target.Name) { Remedy = "Use Invoke-Fault." };
        if (options.Duration <= TimeSpan.Zero || options.Duration > s_longest)
            throw new ContainerException(ErrorReason.InvalidArgument, $"A fault can't last {options.Duration.TotalSeconds:0.###} s.", target.Name) { Remedy = "Give a duration of more than 0 and at most a day." };
        return Guard(target, () => WatchdogLauncher.Start(engine.Options.CcrunPath, Ledger, () => Record(Resolve(fault), target, DateTimeOffset.UtcNow + options.Duration, options.StopWhen)));
    }

    /// <summary>
    /// Writes into the ledger that a container exists for an experiment only: a watchdog stops it if this process dies in the middle.
    /// </summary>
    internal RunningFault Guard(Container container, string what, TimeSpan duration)
    {
        ChaosTarget target = ChaosTarget.Of(container);
        string run = Path.Combine(engine.Options.RunRoot, container.Id);
        return StartForExperiment(target, what, duration, [new FaultStep { Operation = FaultOperation.StopContainer, Path = run, Value = container.RootPath, Pid = target.Pid, PidStartTime = target.PidStartTime }], []);
    }

    /// <summary>Has a watchdog look at stop conditions that end an experiment. It changes nothing; that it ended is all it says.</summary>
    internal RunningFault Watch(Container container, IReadOnlyList<StopCondition> stopWhen, TimeSpan duration) =>
        StartForExperiment(ChaosTarget.Of(container), $"ends the trial when {string.Join(" or ", stopWhen)}", duration, [], stopWhen);

    private RunningFault StartForExperiment(ChaosTarget target, string what, TimeSpan duration, IReadOnlyList<FaultStep> undo, IReadOnlyList<StopCondition> stopWhen) =>
        Guard(target, () => WatchdogLauncher.Start(engine.Options.CcrunPath, Ledger, () => new FaultRecord
        {
            Id = "",
            Fault = "scenario",
            Effect = what,
            // Not held by its PID 1, which the experiment is going to end.
            Target = target.Subject with { Pid = 0, PidStartTime = 0 },
            Since = DateTimeOffset.UtcNow,
            Until = DateTimeOffset.UtcNow + duration,
            Pid = Environment.ProcessId,
            PidStartTime = ProcessStat.TryReadStartTime(Environment.ProcessId) ?? 0,
            Undo = undo,
            StopWhen = stopWhen,
        }));

    private static void Refuse(ChaosTarget target) => TargetChoice.WithoutProtected([target], isExplicit: true);

    private T Guard<T>(ChaosTarget target, Func<T> call)
    {
        try
        {
            // What an earlier process left behind would be taken for the target's own state.
            Ledger.UndoAbandoned();
            return call();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ErrnoException)
        {
            throw new ContainerException(ErrorReason.KernelError, $"{target}: the fault can't be written into the ledger {Ledger.Directory}: {e.Message}", target.Name, e)
            {
                Remedy = "Without it nothing is done. Make the folder writable.",
            };
        }
    }

    private static FaultRecord Record(FaultSpec fault, ChaosTarget target, DateTimeOffset? until, IReadOnlyList<StopCondition> stopWhen)
    {
        FaultPlan plan = fault.Plan(target);
        return new FaultRecord
        {
            Id = "",
            Fault = fault.Name,
            Effect = plan.Effect,
            Target = plan.OutlivesProcess ? target.Subject with { Pid = 0, PidStartTime = 0 } : target.Subject,
            Since = DateTimeOffset.UtcNow,
            Until = until,
            Pid = Environment.ProcessId,
            PidStartTime = ProcessStat.TryReadStartTime(Environment.ProcessId) ?? 0,
            Apply = plan.Apply,
            Undo = plan.Undo,
            Cycle = plan.Cycle,
            CycleInterval = plan.CycleInterval,
            CycleCount = plan.CycleCount,
            Load = plan.Load,
            Answers = plan.Answers,
            Slow = plan.Slow,
            Network = plan.Network,
            StopWhen = stopWhen,
            Holds = plan.Holds,
        };
    }
}
