using System.Runtime.ExceptionServices;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>Does one step to a container and watches until the service is back, finally down, or the time is over.</summary>
internal sealed class StepRunner(ContainerEngine engine, TrialSpec spec, Container container, ActRunner acts, TrialWatch watch, OpenLoopLoad? probes, TrialLog log)
{
    private const int SIGKILL = 9;

    // Between the moment at which a process can't be used any more, and that at which it has ended.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private Scenario Scenario => spec.Scenario;

    /// <summary>Whether the step can be done now: a crash needs something that runs, a start something that does not.</summary>
    internal bool CanRun(ScenarioStep step) => step.OnlyLooks || (step.Acts is [{ Action: ScenarioAction.Start }] ? watch.IsDown : !watch.IsDown);

    internal StepResult Run(ScenarioStep step, CancellationToken cancellationToken)
    {
        ContainerState before = watch.State;
        bool wasDown = watch.IsDown;
        using DeathWatch? death = step.EffectIsExit ? DeathWatch.TryStart(before.Pid, before.PidStartTime) : null;
        var done = new List<RunningAct>();
        try
        {
            Act(step, done, cancellationToken);
            // A service that is to bear it is looked at when it is over; one that is to die, all the time.
            if (!step.EffectIsExit)
                foreach (RunningAct act in done)
                    act.Fault?.WaitForEnd(cancellationToken);
            watch.Refresh();
            long injected = done.Min(act => act.Injected);
            // Nothing comes back by a look at something else.
            if (!wasDown || !step.OnlyLooks)
                Watch(step, injected, cancellationToken);
            return Conclude(step, injected, done is [var only] ? only.Time : null, death);
        }
        finally
        {
            foreach (RunningAct act in done)
                act.End(log);
        }
    }

    /// <summary>Does what the step is made of; what is in force of it when this fails is in the list as well.</summary>
    internal void Act(ScenarioStep step, List<RunningAct> done, CancellationToken cancellationToken)
    {
        IReadOnlyList<ScenarioAct> schedule = step.Draw?.Schedule(step.Acts, spec.Seed, spec.Number) ?? step.Acts;
        log.Tell($"{step.Label}: {string.Join(", ", schedule.Select(act => act.At == TimeSpan.Zero ? act.ToString() : $"{act} at {act.At.TotalMilliseconds:0} ms"))}");
        if (schedule is [{ } only] && only.At == TimeSpan.Zero)
            done.Add(acts.Do(step.Label, only, cancellationToken));
        else
            ActTogether(step, schedule, done, cancellationToken);
    }

    // A thread each: an act may take its time, and must not hold up the next. They are in the network of the trial, as every thread that its thread starts.
    private void ActTogether(ScenarioStep step, IReadOnlyList<ScenarioAct> schedule, List<RunningAct> done, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ExceptionDispatchInfo? failure = null;
        long begin = MonotonicClock.Now;
        Thread[] threads = [.. schedule.Select(act => new Thread(() => ActAt(act)) { Name = $"act {act}" })];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        cancellationToken.ThrowIfCancellationRequested();
        failure?.Throw();
        if (done.Count == 0)
            throw new TrialException($"nothing of {step.Label} could be done: it was down");

        void ActAt(ScenarioAct act)
        {
            try
            {
                watch.WaitUntil(begin + (act.At.Ticks * 100), stop.Token);
                if (DoUnlessDown(step, act, begin, stop.Token) is { } running)
                {
                    lock (done)
                        done.Add(running);
                }
            }
            catch (Exception e)
            {
                // The first failure is the cause; the others are cancelled by it.
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                stop.Cancel();
            }
        }
    }

    // One before may have ended PID 1, and the policy may bring it back: what is left of the storm finds the next one, or nobody.
    private RunningAct? DoUnlessDown(ScenarioStep step, ScenarioAct act, long begin, CancellationToken cancellationToken)
    {
        int ended = 0;
        while (true)
        {
            if (act.Action != ScenarioAction.Start && !watch.WaitForRunning(ended, begin + (step.Timeout.Ticks * 100), cancellationToken))
            {
                log.Add(new ActResult(step.Label, act.ToString(), IsFault: false, MonotonicClock.Now, MonotonicClock.Now, "not done, it was down"));
                return null;
            }

            ContainerState state = watch.State;
            using PidFd? process = PidFd.TryOpen(state.Pid, state.PidStartTime);
            try
            {
                return acts.Do(step.Label, act, cancellationToken);
            }
            catch (ContainerException) when (act.Action != ScenarioAction.Start && (process is null || HasEnded(process, state)))
            {
                // PID 1 ended before it could be done.
                ended = state.Pid;
            }
            catch (TrialException e) when (process is not null && HasEnded(process, state))
            {
                // And here while it was done: a command ends with its container.
                log.Add(new ActResult(step.Label, act.ToString(), IsFault: false, MonotonicClock.Now, MonotonicClock.Now, e.Message));
                return null;
            }
        }
    }

    // One that waits in its exit for the last process of its namespace is in no group any more, and has not been reaped either.
    private static bool HasEnded(PidFd process, ContainerState state) =>
        (ProcessStat.TryRead(state.Pid, out ProcessStat stat) && stat.StartTime == state.PidStartTime && stat.HasEnded()) || process.WaitForEnd(s_patience);

    // pid_namespaces(7); and a language's own handler lets go what no instruction of its program has caused.
    private static string WhyNot(ScenarioStep step) => step.Acts.Any(act => act is { Action: ScenarioAction.Crash, Signal: not SIGKILL })
        ? ": as PID 1 of its namespace it dies of SIGKILL, and of another signal only by its own choice. Leave the signal out, or have an init be PID 1"
        : "";

    private void Watch(ScenarioStep step, long injected, CancellationToken cancellationToken)
    {
        long deadline = injected + (step.Timeout.Ticks * 100);
        if (!step.EffectIsExit)
        {
            bool isReplaced = step.Does(ScenarioAction.Replace);
            deadline = Math.Max(deadline, MonotonicClock.Now + (step.Timeout.Ticks * 100));
            // The recovery counts from the first failure: its windows are not these.
            watch.WaitForSteady(MonotonicClock.Now, deadline, orDown: !isReplaced, fromAnywhere: true, cancellationToken);
            watch.Refresh();
            // What was to bear it may have ended all the same; then the next one's recovery is what counts.
            if (isReplaced || (!watch.IsDown && RecoveryAnalysis.First(watch.Events, EventTypes.Die, injected, long.MaxValue) is null))
                return;
        }

        long from = injected;
        if (step.Acts is not [{ Action: ScenarioAction.Start }])
        {
            ContainerEvent die = watch.WaitForEvent(EventTypes.Die, injected, deadline, cancellationToken)
                ?? throw new TrialException($"{string.Join(" and ", step.Acts)} did not end PID 1 within {step.Timeout.TotalSeconds:0.###} s{WhyNot(step)}");
            from = die.MonotonicNanoseconds;
        }

        ContainerEvent? start = watch.WaitForEvent(EventTypes.Start, from, deadline, cancellationToken, journal => journal.IsDown)
            // Finally down, says the monitor; the promise is tested by watching on.
            ?? watch.WaitForEvent(EventTypes.Start, from, Math.Min(deadline, MonotonicClock.Now + (step.Observe.Ticks * 100)), cancellationToken);
        if (start is not null)
            watch.WaitForSteady(start.MonotonicNanoseconds, deadline, orDown: false, fromAnywhere: false, cancellationToken);
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
            Events = step.Does(ScenarioAction.Replace) ? [] : events,
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
}
