using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Scenarios.Load;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>Does single acts to the container of a trial.</summary>
internal sealed class ActRunner(ContainerEngine engine, TrialSpec spec, ContainerCreateOptions options, EndPoint endPoint, FaultInjector injector, TrialStop stop)
{
    /// <summary>What the name of a container's replacement ends with.</summary>
    internal const string ReplacementSuffix = "-next";

    // How long its consequences are watched has nothing to do with it: a workload in trouble, on a busy machine, answers late.
    private static readonly TimeSpan s_answer = TimeSpan.FromSeconds(10);

    private readonly FaultOptions _faults = new() { StopWhen = stop.Host };

    /// <summary>Where the workload listens.</summary>
    internal EndPoint EndPoint { get; } = endPoint;

    /// <summary>The id of the container that has taken the trial's one's place; null for none.</summary>
    internal string? Replacement { get; private set; }

    /// <summary>Does an act. A fault that lasts is in force when this returns.</summary>
    /// <exception cref="TrialException">It had not the effect that it must have to be measured.</exception>
    /// <exception cref="ContainerException">It could not be done.</exception>
    internal RunningAct Do(string step, ScenarioAct act, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ChaosTarget.Protects(engine.Get(options.Name!)))
            throw new TrialException($"{options.Name} is labelled {ChaosTarget.ProtectLabel}=true and is never touched.");
        TimeSpan before = ThreadProcessorTime.Current;
        long injected = MonotonicClock.Now;
        TimeSpan? time = null;
        RunningFault? running = null;
        ProbeResult? seen = null;
        switch (act.Action)
        {
            case ScenarioAction.Request:
                injected = Request(act, cancellationToken);
                break;
            case ScenarioAction.Exec:
                Execute(act, cancellationToken);
                break;
            case ScenarioAction.Probe:
                seen = Look(act, cancellationToken);
                injected = seen.Began;
                break;
            case ScenarioAction.Script:
                act.Script!.Invoke(engine.Get(options.Name!), cancellationToken);
                break;
            case ScenarioAction.Crash:
                injected = Apply(new CrashFault(act.Signal));
                break;
            case ScenarioAction.Fault when act.Fault!.IsInstant:
                injected = Apply(act.Fault);
                break;
            case ScenarioAction.Fault:
                ChaosTarget target = ChaosTarget.Of(engine.Get(options.Name!));
                injected = MonotonicClock.Now;
                running = injector.Start(act.Fault!, target, _faults with { Duration = act.Duration });
                break;
            default:
                long began = Stopwatch.GetTimestamp();
                Operate(act, cancellationToken);
                time = Stopwatch.GetElapsedTime(began);
                break;
        }

        return new RunningAct(step, act, injected, time, running, ThreadProcessorTime.Current - before, seen);
    }

    private long Request(ScenarioAct act, CancellationToken cancellationToken)
    {
        try
        {
            WorkloadAnswer answer = WorkloadRequest.Send(EndPoint, act.Path!, s_answer, cancellationToken);
            // A fault that is refused would be reported as a service that survives it.
            return answer.Status is 0 or (>= 200 and < 300) ? answer.Sent : throw new TrialException($"the workload answered {act.Path} with {answer.Status}");
        }
        catch (SocketException e)
        {
            throw new TrialException($"{act.Path}: {e.Message}");
        }
    }

    private void Execute(ScenarioAct act, CancellationToken cancellationToken)
    {
        ContainerCommandResult result;
        try
        {
            result = engine.Invoke(options.Name!, new ContainerCommandOptions { Command = act.Command, Timeout = act.Timeout }, cancellationToken);
        }
        catch (ContainerException e)
        {
            // What is asked of the container is the scenario's; that it can't is what the trial has found.
            throw new TrialException(e.Message);
        }

        if (result.ExitCode != 0)
            throw new TrialException($"the command '{string.Join(' ', act.Command)}' ended with {result.ExitCode}: {string.Join(" | ", result.Error.Concat(result.Output).Take(3))}");
    }

    private ProbeResult Look(ScenarioAct act, CancellationToken cancellationToken)
    {
        ProbeResult seen = ProbeRunner.Look(act.Probe! with { Timeout = act.Timeout }, new ProbeSubject(engine, engine.Get(options.Name!).Id, EndPoint), cancellationToken);
        return seen.Holds || act.MayFail ? seen : throw new TrialException($"{seen.Name}: {seen.Problem}");
    }

    private void Operate(ScenarioAct act, CancellationToken cancellationToken)
    {
        switch (act.Action)
        {
            case ScenarioAction.Stop:
                engine.Stop(options.Name!, null, cancellationToken);
                break;
            case ScenarioAction.Restart:
                engine.Restart(options.Name!, null, cancellationToken);
                break;
            case ScenarioAction.Start:
                engine.Start(options.Name!, cancellationToken);
                break;
            default:
                Replace(act, cancellationToken);
                break;
        }
    }

    /// <summary>The new one is up and answers before anybody is sent there; the old one is asked to end when nobody is sent there any more.</summary>
    private void Replace(ScenarioAct act, CancellationToken cancellationToken)
    {
        Container next = engine.Start(engine.Create(options with { Name = options.Name + ReplacementSuffix, Publish = [] }, cancellationToken).Id, cancellationToken);
        using (var answered = new FirstSuccess())
        using (OpenLoopLoad.Start(new LoadOptions { EndPoint = new IPEndPoint(IPAddress.Parse(next.IPAddress!), spec.Target.Publish!.Value), Path = spec.Load.Path }, answered))
        {
            if (!answered.Wait(act.Timeout, cancellationToken))
                throw new TrialException($"{next.Name} does not answer within {act.Timeout.TotalSeconds:0.###} s");
        }

        engine.MovePorts(options.Name!, next.Id);
        Replacement = next.Id;
        engine.Stop(options.Name!, null, cancellationToken);
    }

    /// <summary>The moment just before it was done: the entry in the ledger is written by then.</summary>
    private long Apply(FaultSpec fault)
    {
        long injected = 0;
        injector.Apply(fault, ChaosTarget.Of(engine.Get(options.Name!)), () => injected = MonotonicClock.Now);
        return injected;
    }
}
