using System.Management.Automation;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>A cmdlet that breaks targets on purpose: which ones, how many of them, and for how long.</summary>
public abstract class FaultCmdlet : ContainerChaosCmdlet
{
    private static readonly TimeSpan WaitedFor = TimeSpan.FromSeconds(10), StartedFor = TimeSpan.FromMinutes(5);

    private readonly List<ChaosTarget> found = [];

    /// <summary>
    /// Names, ids or wildcards of containers, or objects of Get-Container and Get-ChaosTarget. Others' by kind: <c>docker:4f5a*</c>,
    /// <c>systemd:nginx.service</c>, <c>cgroup:/PATH</c>, <c>process:PID</c>. All of them are never meant by leaving it out.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Alias("Id", "Target")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public TargetSelector[] Name { get; set; } = [];

    /// <summary>The running containers with all of these labels: <c>tier=web</c>, or <c>tier</c> for any value.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Label { get; set; } = [];

    /// <summary>At most so many of the targets, chosen at random.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; }

    /// <summary>At most this share of the targets in per cent, rounded down and at least one, chosen at random.</summary>
    [Parameter]
    [ValidateRange(0.1, 100d)]
    public double Percent { get; set; }

    /// <summary>The seed of the choice, and of what else is random: the same one chooses the same targets.</summary>
    [Parameter]
    public int Seed { get; set; }

    /// <summary>
    /// What ends the faults before their time: <c>psi:memory>20</c>, <c>memory&lt;512m</c>, <c>disk:/var&lt;1g</c> of the host, or
    /// <c>http://127.0.0.1:8080/healthz</c> that must answer.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public StopCondition[] StopWhen { get; set; } = [];

    /// <summary>
    /// How long a fault lasts that is not over at once: <c>500ms</c>, <c>10s</c>, <c>2m</c>, a time span or seconds, a day at most. By default 10 s where
    /// its end is waited for (Invoke), and 5 minutes where it is left in force (Start).
    /// </summary>
    [Parameter]
    [DurationArgument]
    public TimeSpan Duration { get; set; }

    private protected static FaultInjector Injector { get; } = new(Engine);

    private protected int? GivenSeed => MyInvocation.BoundParameters.ContainsKey(nameof(Seed)) ? Seed : null;

    /// <summary>Finds the targets that the current pipeline object means.</summary>
    protected override void ProcessRecord()
    {
        foreach (var selector in Name)
        {
            Attempt(selector.Name, () => found.AddRange(
                TargetChoice.WithoutProtected(selector.Target is { } target ? [target] : Injector.FindTargets(selector.Text), isExplicit: !selector.IsWildcard)));
        }
    }

    /// <summary>Breaks those that were chosen.</summary>
    protected override void EndProcessing()
    {
        if (Name.Length == 0 && Label.Length == 0 && !MyInvocation.ExpectingInput)
        {
            ThrowTerminatingError(ErrorRecords.From(
                new ContainerException(ErrorReason.InvalidArgument, "No target is given, and all are never meant.") { Remedy = "Name containers, or choose them with -Label; '*' means all of them." }, null));
        }
        if (Label.Length > 0)
            Attempt(null, () => found.AddRange(TargetChoice.WithoutProtected([.. Engine.List().Where(c => c.Pid is not null && HasLabels(c.Labels)).Select(ChaosTarget.Of)], isExplicit: false)));
        var choice = new TargetChoice
        {
            Count = Count > 0 ? Count : null,
            Percent = Percent > 0 ? Percent : null,
            Seed = GivenSeed,
        };
        FaultSpec? fault = null;
        if (!Attempt(null, () => fault = ReadFault()))
            return;
        var chosen = new List<ChaosTarget>();
        foreach (var target in choice.Of(found))
        {
            // The effect is what -WhatIf is for; what can't be done is said without doing anything.
            var effect = "";
            if (Attempt(target.ToString(), () => effect = FaultInjector.Describe(fault!, target)) && ShouldProcess(target.ToString(), $"{fault!.Name}: {effect}"))
                chosen.Add(target);
        }
        Break(fault!, chosen);
    }

    /// <summary>The fault that the parameter set is.</summary>
    private protected abstract FaultSpec ReadFault();

    /// <summary>Does it.</summary>
    private protected abstract void Break(FaultSpec fault, IReadOnlyList<ChaosTarget> targets);

    /// <summary>Starts a fault, and returns while it is in force.</summary>
    private protected void StartEach(FaultSpec fault, IReadOnlyList<ChaosTarget> targets)
    {
        foreach (var target in targets)
        {
            Attempt(target.ToString(), () =>
            {
                using var running = Injector.Start(fault, target, OptionsOf(StartedFor));
                WriteObject(running.Record);
            });
        }
    }

    /// <summary>Does a fault from its beginning to its undo.</summary>
    private protected void RunEach(FaultSpec fault, IReadOnlyList<ChaosTarget> targets, bool passThru)
    {
        var running = new List<RunningFault>();
        try
        {
            foreach (var target in targets)
            {
                Attempt(target.ToString(), () =>
                {
                    if (fault.IsInstant)
                        Report(Injector.Apply(fault, target), passThru);
                    else
                        running.Add(Injector.Start(fault, target, OptionsOf(WaitedFor)));
                });
            }
            foreach (var one in running)
                Attempt(one.Record.Target.Name, () => Finish(one, passThru));
        }
        finally
        {
            // Those that Ctrl-C has left in force; one that ended by itself is no error.
            foreach (var one in running)
            {
                Attempt(one.Record.Target.Name, one.Undo);
                one.Dispose();
            }
        }
    }

    private FaultOptions OptionsOf(TimeSpan usual) =>
        new() { Duration = MyInvocation.BoundParameters.ContainsKey(nameof(Duration)) ? Duration : usual, StopWhen = StopWhen };

    private void Finish(RunningFault fault, bool passThru)
    {
        var end = fault.WaitForEnd(Cancellation);
        if (end == FaultEnd.StopCondition)
            WriteWarning($"{fault.Record.Target}: the fault {fault.Record.Fault} was undone early: {fault.Detail}.");
        else
            WriteVerbose($"{fault.Record.Target}: {fault.Record.Fault} is undone ({end}).");
        Report(fault.Record, passThru);
    }

    private void Report(FaultRecord record, bool passThru)
    {
        WriteVerbose($"{record.Target}: {record.Effect}");
        if (passThru)
            WriteObject(record);
    }

    private bool HasLabels(IReadOnlyDictionary<string, string> labels) => Label.All(wanted => wanted.Split('=', 2) is [var name, var value]
        ? labels.TryGetValue(name, out var actual) && actual == value
        : labels.ContainsKey(wanted));
}
