using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>Does one step to a container and watches until the service is back, finally down, or the time is over.</summary>
internal sealed class StepRunner(
    ContainerEngine engine,
    TrialSpec spec,
    ContainerCreateOptions options,
    Container container,
    EndPoint endPoint,
    TrialWatch watch,
    OpenLoopLoad? probes,
    FaultInjector injector)
{
    /// <summary>What the name of a container's replacement ends with.</summary>
    internal const string ReplacementSuffix = "-next";

    private string? _replacement;

    private Scenario Scenario => spec.Scenario;

    /// <summary>The id of the container that serves now, which may be a replacement; null when none does.</summary>
    internal string? Serving => _replacement ?? (watch.IsDown ? null : container.Id);

    /// <summary>Whether the step can be done now: a crash needs something that runs, a start something that does not.</summary>
    internal bool CanRun(ScenarioStep step) => step.Action == ScenarioAction.Start ? watch.IsDown : !watch.IsDown;

    internal StepResult Run(ScenarioStep step, CancellationToken cancellationToken)
    {
        if (ChaosTarget.Protects(container))
            throw new TrialException($"{container.Name} is labelled {ChaosTarget.ProtectLabel}=true and is never touched.");
        ContainerState before = watch.State;
        using DeathWatch? death = step.EffectIsExit ? DeathWatch.TryStart(before.Pid, before.PidStartTime) : null;
        RunningFault? running = null;
        try
        {
            long injected = MonotonicClock.Now;
            TimeSpan? actTime = Act(step, ref injected, ref running, cancellationToken);
            watch.Refresh();
            Watch(step, injected, cancellationToken);
            return Conclude(step, injected, actTime, death);
        }
        finally
        {
            if (running is not null)
            {
                running.Undo();
                running.Dispose();
            }
        }
    }

    private TimeSpan? Act(ScenarioStep step, ref long injected, ref RunningFault? running, CancellationToken cancellationToken)
    {
        switch (step.Action)
        {
            case ScenarioAction.Request:
                int status;
                try
                {
                    WorkloadAnswer answer = WorkloadRequest.Send(endPoint, step.Path!, step.Timeout, cancellationToken);
                    (status, injected) = (answer.Status, answer.Sent);
                }
                catch (SocketException e)
                {
                    throw new TrialException($"{step.Path}: {e.Message}");
                }

                // A fault that is refused would be reported as a service that survives it.
                return status is 0 or (>= 200 and < 300)
                    ? null
                    : throw new TrialException($"the workload answered {step.Path} with {status}");
            case ScenarioAction.Crash:
                injected = Apply(new CrashFault(step.Signal));
                return null;
            case ScenarioAction.Fault when step.Fault!.IsInstant:
                injected = Apply(step.Fault);
                return null;
            case ScenarioAction.Fault:
                ChaosTarget target = ChaosTarget.Of(engine.Get(container.Id));
                injected = MonotonicClock.Now;
                running = injector.Start(step.Fault!, target, new FaultOptions { Duration = step.Duration });
                // A service that is to bear it is looked at when it is over; one that is to die, all the time.
                if (!step.EffectIsExit)
                    running.WaitForEnd(cancellationToken);
                return null;
            default:
                long began = Stopwatch.GetTimestamp();
                _ = step.Action switch
                {
                    ScenarioAction.Stop => engine.Stop(container.Id, null, cancellationToken),
                    ScenarioAction.Replace => Replace(step, cancellationToken),
                    ScenarioAction.Restart => engine.Restart(container.Id, null, cancellationToken),
                    _ => engine.Start(container.Id, cancellationToken),
                };
                return Stopwatch.GetElapsedTime(began);
        }
    }

    /// <summary>The new one is up and answers before anybody is sent there; the old one is asked to end when nobody is sent there any more.</summary>
    private Container Replace(ScenarioStep step, CancellationToken cancellationToken)
    {
        Container next = engine.Start(engine.Create(options with { Name = options.Name + ReplacementSuffix, Publish = [] }, cancellationToken).Id, cancellationToken);
        using (var answered = new FirstSuccess())
        using (OpenLoopLoad.Start(new LoadOptions { EndPoint = new IPEndPoint(IPAddress.Parse(next.IPAddress!), spec.Target.Publish!.Value), Path = spec.Load.Path }, answered))
        {
            if (!answered.Wait(step.Timeout, cancellationToken))
                throw new TrialException($"{next.Name} does not answer within {step.Timeout.TotalSeconds:0.###} s");
        }

        engine.MovePorts(container.Id, next.Id);
        _replacement = next.Id;
        return engine.Stop(container.Id, null, cancellationToken);
    }

    /// <summary>The moment just before it was done: the entry in the ledger is written by then.</summary>
    private long Apply(FaultSpec fault)
    {
        long injected = 0;
        injector.Apply(fault, ChaosTarget.Of(engine.Get(container.Id)), () => injected = MonotonicClock.Now);
        return injected;
    }

    private void Watch(ScenarioStep step, long injected, CancellationToken cancellationToken)
    {
        long deadline = injected + (step.Timeout.Ticks * 100);
        if (!step.EffectIsExit)
        {
            watch.WaitForSteady(MonotonicClock.Now, Math.Max(deadline, MonotonicClock.Now + (step.Timeout.Ticks * 100)), orDown: step.Action != ScenarioAction.Replace, cancellationToken);
            return;
        }

        long from = injected;
        if (step.Action != ScenarioAction.Start)
        {
            ContainerEvent die = watch.WaitForEvent(EventTypes.Die, injected, deadline, cancellationToken)
                ?? throw new TrialException($"{Describe(step)} did not end PID 1 within {step.Timeout.TotalSeconds:0.###} s");
            from = die.MonotonicNanoseconds;
        }

        ContainerEvent? start = watch.WaitForEvent(EventTypes.Start, from, deadline, cancellationToken, journal => journal.IsDown)
            // Finally down, says the monitor; the promise is tested by watching on.
            ?? watch.WaitForEvent(EventTypes.Start, from, Math.Min(deadline, MonotonicClock.Now + (step.Observe.Ticks * 100)), cancellationToken);
        if (start is not null)
            watch.WaitForSteady(start.MonotonicNanoseconds, deadline, orDown: false, cancellationToken);
    }

    private StepResult Conclude(ScenarioStep step, long injected, TimeSpan? actTime, DeathWatch? death)
    {
        long until = MonotonicClock.Now;
        IReadOnlyList<ContainerEvent> events = watch.Events;
        IReadOnlyList<LoadSample> samples = watch.Samples;
        RecoveryStamps stamps = RecoveryAnalysis.Compute(new StepObservation
        {
            Injected = injected,
            WatchedUntil = until,
            Schedule = watch.Schedule,
            Samples = samples,
            Probes = probes?.Snapshot() ?? [],
            // The end of the one that was replaced is no outage.
            Events = step.Action == ScenarioAction.Replace ? [] : events,
            Died = death?.Died,
            EffectIsExit = step.EffectIsExit,
            Steady = Scenario.Steady,
        });
        ContainerEvent? die = RecoveryAnalysis.First(events, EventTypes.Die, injected, until);
        LoadSample[] seen = [.. samples.Where(s => s.Intended >= injected && s.Completed <= until)];
        int failed = seen.Count(s => !s.Succeeded);
        return new StepResult
        {
            Label = step.Label,
            Stamps = stamps,
            ExitCode = die is not null && die.Attributes.TryGetValue("exitCode", out string? code) && int.TryParse(code, out int exit) ? exit : null,
            OomKilled = die is not null && die.Attributes.TryGetValue("oomKilled", out string? oom) && bool.TryParse(oom, out bool killed) && killed,
            Requests = seen.Length,
            Failed = failed,
            Delayed = seen.Count(s => s.Succeeded && s.Latency > Scenario.Steady.LatencyObjective.Ticks * 100),
            Availability = Availability.Over(Scenario.Horizon, watch.Schedule.RateOver(injected, Scenario.Horizon), seen.Length, failed, stamps),
            Zombies = watch.IsDown ? null : engine.CountZombies(container.Id),
            ActTime = actTime,
        };
    }

    private static string Describe(ScenarioStep step) => step.Action switch
    {
        ScenarioAction.Request => "request " + step.Path,
        ScenarioAction.Crash => "crash by " + SignalName.Of(step.Signal),
        ScenarioAction.Fault => step.Fault!.Name,
        _ => step.Action.ToString().ToLowerInvariant(),
    };
}
