using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using ContainerChaos.Engine;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>Runs scenarios: trials on fresh containers, watched from outside, and always cleaned up.</summary>
/// <param name="engine">The engine that makes the containers.</param>
public sealed class ScenarioRunner(ContainerEngine engine)
{
    /// <summary>The engine that makes the containers.</summary>
    public ContainerEngine Engine { get; } = engine;

    /// <summary>What a run would do.</summary>
    /// <param name="scenarios">The scenarios.</param>
    /// <param name="options">How they would be run.</param>
    /// <returns>Counts and the estimated time.</returns>
    /// <exception cref="ArgumentException">The options leave nothing to try.</exception>
    public static ScenarioPlan Plan(IEnumerable<Scenario> scenarios, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(scenarios);
        ArgumentNullException.ThrowIfNull(options);
        ScenarioPlanEntry[] entries = [.. scenarios.Select(s => PlanOf(s, options))];
        return options.StopAfter is null || entries.Length == 1
            ? new ScenarioPlan(entries)
            : throw new ArgumentException("One scenario is run when it is to be stopped after a step.", nameof(options));
    }

    /// <summary>Runs scenarios, one after the other.</summary>
    /// <param name="scenarios">The scenarios.</param>
    /// <param name="options">How they are run.</param>
    /// <param name="cancellationToken">Ends the run; its containers are removed before the exception is thrown.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">The options leave nothing to try.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="Runtime.ContainerException">The engine cannot run containers here at all.</exception>
    public ScenarioReport Run(IEnumerable<Scenario> scenarios, RunOptions options, CancellationToken cancellationToken = default)
    {
        Scenario[] all = [.. scenarios];
        ScenarioPlan plan = Plan(all, options);
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        long began = Stopwatch.GetTimestamp();
        RunEnvironment environment = RunEnvironment.Read();
        var injector = new FaultInjector(Engine);
        Leftovers.Remove(Engine, injector.Ledger);
        foreach (string image in all.SelectMany(s => s.Variants.Select(v => v.Target.Image).Append(s.Target.Image)).Distinct())
            Engine.Images.Get(image);

        var names = new TrialNames(options.Seed);
        var rows = new List<ScenarioRow>();
        var trials = new List<TrialResult>();
        for (int i = 0; i < all.Length; i++)
        {
            IReadOnlyList<TrialSpec> specs = names.Order(all[i], plan.Scenarios[i].Cells, plan.Scenarios[i].TrialsPerCell);
            if (options.StopAfter is { } step)
                specs = [specs[0] with { StopAfter = HoldPoint.Find(all[i], step) }];
            IReadOnlyList<TrialResult> results = RunAll(all[i], specs, injector, options, began, cancellationToken);
            trials.AddRange(results);
            rows.AddRange(RowBuilder.Build(all[i], plan.Scenarios[i].Cells, results, options.Seed));
        }

        // Another run of this process has faults of its own.
        HashSet<string> containers = [.. trials.Where(t => t.Held is null).SelectMany(t => new[] { t.Container, t.Container + ActRunner.ReplacementSuffix })];
        FaultRecord[] open = [.. injector.Ledger.List().Where(f => f.Pid == Environment.ProcessId && containers.Contains(f.Target.Name))];
        return new ScenarioReport
        {
            StartedAt = startedAt,
            Duration = Stopwatch.GetElapsedTime(began),
            Seed = options.Seed,
            Environment = environment,
            Scenarios = all,
            Rows = rows,
            Trials = trials,
            OpenFaults = open,
            FaultsUndone = trials.Sum(t => t.Acts.Count(act => act.IsFault)) - open.Length,
        };
    }

    private static ScenarioPlanEntry PlanOf(Scenario scenario, RunOptions options)
    {
        ScenarioCell[] cells = [.. scenario.Cells()
            .Where(c => options.Policies is null || options.Policies.Contains(c.Policy))
            .Where(c => options.Init is null || options.Init == c.Init)];
        if (cells.Length == 0)
            throw new ArgumentException($"No combination of {scenario.Name} has the policies and the init that were asked for.", nameof(options));
        int trials = options.Trials ?? scenario.Trials;
        if (options.StopAfter is { } step)
        {
            HoldPoint.Find(scenario, step);
            (cells, trials) = ([cells[0]], 1);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1, nameof(options));
        double seconds = cells.Sum(c => DurationEstimate.Seconds(scenario, c)) * trials / scenario.Concurrency;
        return new ScenarioPlanEntry(scenario.Name, trials, cells, scenario.Target.Image, TimeSpan.FromSeconds(seconds));
    }

    // Threads of their own: a trial waits most of its time, and the caller's thread pool is not ours to block.
    private IReadOnlyList<TrialResult> RunAll(
        Scenario scenario, IReadOnlyList<TrialSpec> specs, FaultInjector injector, RunOptions options, long began, CancellationToken cancellationToken)
    {
        var queue = new ConcurrentQueue<TrialSpec>(specs);
        var results = new ConcurrentQueue<TrialResult>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ExceptionDispatchInfo? failure = null;
        int completed = 0;
        string sparkline = "";

        void Report(TrialSpec spec, string stage, bool isDetail) => options.Progress?.Report(new ScenarioProgress
        {
            Scenario = scenario.Name,
            Variant = spec.Cell.Variant?.Name,
            Policy = spec.Cell.Policy,
            Init = spec.Cell.Init,
            Trial = spec.Number,
            Trials = specs.Max(s => s.Number),
            Stage = stage,
            IsDetail = isDetail,
            Sparkline = Volatile.Read(ref sparkline),
            Completed = Volatile.Read(ref completed),
            Total = specs.Count,
            Elapsed = Stopwatch.GetElapsedTime(began),
        });

        void Work()
        {
            try
            {
                while (queue.TryDequeue(out TrialSpec? spec))
                {
                    stop.Token.ThrowIfCancellationRequested();
                    TrialResult result = new TrialRunner(Engine, injector, Report).Run(spec, stop.Token);
                    results.Enqueue(result);
                    // What made the host, or somebody's service, suffer is not done again.
                    if (result.StoppedBy is not null)
                        queue.Clear();
                    Interlocked.Increment(ref completed);
                    Volatile.Write(ref sparkline, Sparkline.Of(results.Where(r => r.Error is null && r.Steps.Count > 0).Select(r => r.Steps[0].Recovery)));
                    Report(spec, "done", isDetail: false);
                }
            }
            catch (Exception e)
            {
                // The first failure is the cause; the others are cancelled by it.
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                stop.Cancel();
            }
        }

        Thread[] threads = [.. Enumerable.Range(0, Math.Min(scenario.Concurrency, specs.Count))
            .Select(n => new Thread(Work) { IsBackground = false, Name = $"trial {n}" })];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        cancellationToken.ThrowIfCancellationRequested();
        failure?.Throw();
        return [.. results];
    }
}
