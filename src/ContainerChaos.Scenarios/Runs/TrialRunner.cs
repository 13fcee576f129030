using System.Net;
using System.Net.Sockets;
using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Scenarios.Load;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>Runs one trial: a fresh container, a load, the steps, and nothing left of it afterwards.</summary>
internal sealed class TrialRunner(ContainerEngine engine, FaultInjector injector, Action<TrialSpec, string, bool> report)
{
    // sockaddr_un holds 107 bytes of path, so the folder is short: the run root and a number.
    private const string SocketInside = "/run/target/http.sock";
    private static readonly TimeSpan s_baselineTimeout = TimeSpan.FromSeconds(10);

    internal static string SocketRoot(ContainerEngine engine) => Path.Combine(engine.Options.RunRoot, "load");

    internal TrialResult Run(TrialSpec spec, CancellationToken cancellationToken) =>
        spec.Target.Publish is null ? RunHere(spec, cancellationToken) : TrialHost.Run(() => RunHere(spec, cancellationToken));

    private TrialResult RunHere(TrialSpec spec, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(SocketRoot(engine), spec.Name);
        var log = new TrialLog(spec, report);
        using var stop = new TrialStop(spec.Scenario, cancellationToken);
        try
        {
            Directory.CreateDirectory(folder);
            ContainerCreateOptions options = Options(spec, folder);
            EndPoint endPoint = spec.Target.Publish is { } port ? TrialHost.EndPoint(spec.Target.Client, port) : new UnixDomainSocketEndPoint(Path.Combine(folder, "http.sock"));
            Experiment(spec, engine.Create(options, stop.Token), new ActRunner(engine, spec, options, endPoint, injector, stop), folder, log, stop);
        }
        catch (Exception e) when (e is TrialException or OperationCanceledException && stop.Reason is not null && !cancellationToken.IsCancellationRequested)
        {
            log.Stop(stop.Reason);
        }
        catch (TrialException e)
        {
            log.Fail(e.Message);
        }
        finally
        {
            if (log.Held is null)
                CleanUp(engine, spec.Name, folder);
        }

        return log.ToResult();
    }

    /// <summary>Removes a trial's container by name, which works as well when its creation was interrupted, and its folder.</summary>
    internal static void CleanUp(ContainerEngine engine, string name, string folder)
    {
        foreach (string one in new[] { name, name + ActRunner.ReplacementSuffix })
        {
            try
            {
                engine.Remove(one, force: true, CancellationToken.None);
            }
            catch (ContainerException e) when (e.Reason == ErrorReason.ContainerNotFound)
            {
            }
        }

        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static ContainerCreateOptions Options(TrialSpec spec, string folder)
    {
        ScenarioTarget target = spec.Target;
        var options = new ContainerCreateOptions
        {
            Name = spec.Name,
            Image = target.Image,
            Command = target.Command,
            MemoryBytes = target.MemoryBytes,
            PidsLimit = target.PidsLimit,
            Cpus = target.Cpus,
            RestartPolicy = spec.Cell.Policy,
            RestartDelay = target.RestartDelay,
            StopTimeout = target.StopTimeout,
            Init = spec.Cell.Init,
            FaultPoints = [.. spec.Scenario.Steps.SelectMany(step => step.Acts).Select(act => act.Fault).OfType<SyscallFault>().SelectMany(fault => fault.Calls).Distinct()],
            Labels = spec.Labels,
        };
        return target.Publish is { } port
            ? options with { Network = "bridge", Publish = [$"{port}:{port}"] }
            // The load comes over a socket in the file system.
            : options with { Network = "none", Command = [.. target.Command, "--unix", SocketInside], Volumes = [$"{folder}:{Path.GetDirectoryName(SocketInside)}"] };
    }

    private void Experiment(TrialSpec spec, Container container, ActRunner acts, string folder, TrialLog log, TrialStop stop)
    {
        Scenario scenario = spec.Scenario;
        using var watch = new TrialWatch(container, scenario.Steady, stop);
        foreach (string ignored in scenario.Ignored)
            log.Warn(ignored);
        foreach (string warning in Granted(scenario, engine.Start(container.Id, stop.Token)))
            log.Warn(warning);
        using RunningFault guard = injector.Guard(engine.Get(container.Id), $"trial {spec.Number} of {scenario.Name}: the container is stopped if the run is killed", StepSection.LongestTrial);
        try
        {
            if (stop.Host.Count > 0)
                stop.Follow(injector.Watch(engine.Get(container.Id), stop.Host, StepSection.LongestTrial));
            if (Break(spec, container, acts, watch, log, stop) is { } faults)
            {
                log.Held = new TrialHold
                {
                    Step = scenario.Steps[spec.StopAfter!.Value].Label,
                    Container = spec.Name,
                    Folder = folder,
                    Faults = faults,
                    Guard = guard.Record.Id,
                    NotRolledBack = scenario.Rollbacks,
                };
            }
        }
        finally
        {
            if (log.Held is null)
            {
                RollBack(scenario, acts, log);
                guard.Undo();
            }
        }
    }

    /// <summary>Whatever has happened, and to whatever is left: what fails keeps nothing else from being done.</summary>
    private static void RollBack(Scenario scenario, ActRunner acts, TrialLog log)
    {
        foreach (ScenarioAct act in scenario.Rollbacks)
        {
            log.Tell($"rollback: {act}");
            long began = MonotonicClock.Now;
            using var deadline = new CancellationTokenSource(act.Timeout);
            try
            {
                acts.Do("rollback", act, deadline.Token).End(log);
            }
            catch (Exception e)
            {
                string why = e is OperationCanceledException ? $"it took longer than {act.Timeout.TotalSeconds:0.###} s" : e.Message;
                log.Warn($"the rollback {act} failed: {why}");
                log.Add(new ActResult("rollback", act.ToString(), IsFault: false, began, MonotonicClock.Now, why));
            }
        }
    }

    /// <summary>Does the method to a service that is steady.</summary>
    /// <returns>The faults in force, when the trial was stopped in the middle; else null.</returns>
    private IReadOnlyList<FaultRecord>? Break(TrialSpec spec, Container container, ActRunner acts, TrialWatch watch, TrialLog log, TrialStop stop)
    {
        Scenario scenario = spec.Scenario;
        CancellationToken cancellationToken = stop.Token;
        LoadOptions wanted = spec.Load.To(acts.EndPoint);
        watch.Refresh();
        using OpenLoopLoad load = OpenLoopLoad.Start(wanted with { Thresholds = [.. wanted.Thresholds, .. stop.Limits] }, watch);
        using OpenLoopLoad? probes = scenario.Health is { } health ? OpenLoopLoad.Start(health.To(acts.EndPoint)) : null;
        watch.Schedule = load.Schedule;
        long now = MonotonicClock.Now;
        if (!watch.WaitForSteady(now, now + (s_baselineTimeout.Ticks * 100), orDown: true, fromAnywhere: false, cancellationToken))
            throw new TrialException("the service was never steady before the fault: " + WhyNotSteady(container, watch));
        log.Tell($"{container.Name} is steady");
        log.Before = ProbeRunner.Look(scenario.Probes, new ProbeSubject(engine, container.Id, acts.EndPoint), cancellationToken);
        foreach (ProbeResult probe in log.Before)
            log.Tell($"before: {probe}");
        if (log.Before.FirstOrDefault(probe => !probe.Holds) is { } outside)
            throw new TrialException($"not steady before: {outside.Name}: {outside.Problem}");
        var steps = new StepRunner(engine, spec, container, acts, watch, probes, log);
        IReadOnlyList<FaultRecord>? held = new MethodRunner(spec, steps, watch, log).Run(cancellationToken);
        // Of something that is finally down, the row of its last step speaks; an experiment has its hypothesis only, which may be about something else.
        if (held is null && (acts.Replacement ?? (watch.IsDown && scenario.Experiment is null ? null : container.Id)) is { } serving)
            log.After = ProbeRunner.Look(scenario.Probes, new ProbeSubject(engine, serving, acts.EndPoint), cancellationToken);
        foreach (ProbeResult probe in log.After)
            log.Tell($"after: {probe}");
        log.Load = load.Stop();
        return held;
    }

    /// <summary>What a request makes a workload do (leak, spawn) is held by its limits alone; the host must not have to do it.</summary>
    private static IReadOnlyList<string> Granted(Scenario scenario, Container container)
    {
        if (container.Warnings.Count > 0 && scenario.Steps.Any(step => step.Does(ScenarioAction.Request)))
        {
            throw new ContainerException(
                ErrorReason.PermissionDenied, $"Scenario '{scenario.Name}' needs its limits, and this host does not grant them: {string.Join(' ', container.Warnings)}", scenario.Name)
            {
                Remedy = UndelegatedLimits.Remedy(container.CgroupPath, "memory", "pids", "cpu", "freezer"),
            };
        }

        return container.Warnings;
    }

    private string WhyNotSteady(Container container, TrialWatch watch)
    {
        IReadOnlyList<LoadSample> samples = watch.Samples;
        string outcomes = string.Join(", ", samples.GroupBy(s => s.Outcome).Select(g => $"{g.Count()} {g.Key}"));
        Supervisor.ContainerState state = watch.State;
        string log = string.Join(" | ", engine.ReadLog(container.Id, new ContainerLogOptions { Tail = 3 }).Select(l => l.Line));
        return $"{state.Status}, exit code {state.ExitCode?.ToString() ?? "none"}, requests: {outcomes}; log: {log}";
    }
}
