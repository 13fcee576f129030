using System.Diagnostics;
using ContainerChaos.Benchmarks.Peers;

namespace ContainerChaos.Benchmarks.Measures;

/// <summary>The measures of the project's speed goals.</summary>
internal sealed class Suite(BenchOptions options, IReadOnlyList<Peer> peers, CancellationToken cancellationToken)
{
    private const int Width = 8;

    // Their 200 starts would take a minute and say nothing new.
    private static readonly string[] SlowStarters = ["podman", "docker"];

    public IEnumerable<Measure> Run()
    {
        (string Key, Func<Measure> Take)[] measures =
        [
            ("run", RunTrue), ("bridge", RunTrueOnBridge), ("throughput", Throughput), ("cold", RunTrueCold), ("parallel", ParallelStarts), ("idle", IdleStarts), ("exec", Exec), ("exit", ExitRecorded), ("restart", Restart), ("memory", Memory),
        ];
        foreach (var (_, take) in measures.Where(measure => options.Wants(measure.Key)))
        {
            yield return take();
        }

        if (options.Wants("load"))
        {
            using var load = new LoadMeasures(options, cancellationToken);
            foreach (var measure in load.Take())
            {
                yield return measure;
            }
        }

        if (options.Wants("fleet"))
        {
            foreach (var measure in new FleetMeasures(options, peers, cancellationToken).Take())
            {
                yield return measure;
            }
        }
    }

    private Measure RunTrueOnBridge()
    {
        var measure = new Measure("bridge", "the same with each engine's default bridge", "ms");
        Interleaving.Run(
            measure,
            [.. peers.Where(peer => peer is not OciRuntime).Select(peer => new Contender(peer.Name, () => Time(() => peer.RunTrueOnBridge())))],
            options.Rounds,
            cancellationToken);
        return measure;
    }

    private Measure Throughput() => ThroughputMeasure.Take(peers, Math.Min(options.Rounds, 10), cancellationToken);

    private Measure RunTrue()
    {
        var measure = new Measure("run", "create + start + wait + delete of `true`", "ms");
        var spawn = new Contender("spawn only", () => Time(() => Shell.Run("/bin/true")));
        Interleaving.Run(measure, [spawn, .. peers.Select(peer => new Contender(peer.Name, () => Time(peer.RunTrue)))], options.Rounds, cancellationToken);
        return measure;
    }

    private Measure RunTrueCold()
    {
        var measure = new Measure("cold", "the same with the tool's program evicted from memory, its libraries not", "ms");
        Interleaving.Run(
            measure,
            [.. peers.Where(peer => peer.Evict()).Select(peer => new Contender(peer.Name, () =>
            {
                peer.Evict();
                return Time(peer.RunTrue);
            }))],
            options.Rounds,
            cancellationToken);
        return measure;
    }

    private Measure IdleStarts()
    {
        var measure = new Measure("idle", $"{options.IdleStarts} containers up and staying up, {Width} at a time", "s");
        Interleaving.Run(measure, [.. peers.Where(peer => peer is OciRuntime or EnginePeer).Select(peer => new Contender(peer.Name, () =>
        {
            var up = new System.Collections.Concurrent.ConcurrentBag<IDisposable>();
            var width = new ParallelOptions { MaxDegreeOfParallelism = Width, CancellationToken = cancellationToken };
            try
            {
                return Time(() => Parallel.For(0, options.IdleStarts, width, _ => up.Add(peer.StartIdle()!))) / 1000;
            }
            finally
            {
                Parallel.ForEach(up, new ParallelOptions { MaxDegreeOfParallelism = Width }, container => container.Dispose());
            }
        }))], rounds: 1, cancellationToken);
        return measure;
    }

    private Measure ParallelStarts()
    {
        var measure = new Measure("parallel", $"starts of `true`, {Width} at a time", "per s");
        Interleaving.Run(measure, [.. peers.Where(peer => peer is not PowerShellPeer).Select(peer => new Contender(peer.Name, () =>
        {
            var starts = SlowStarters.Contains(peer.Name) ? options.ParallelStarts / 5 : options.ParallelStarts;
            var milliseconds = Time(() => Parallel.For(0, starts, new ParallelOptions { MaxDegreeOfParallelism = Width, CancellationToken = cancellationToken }, _ => peer.RunTrue()));
            return starts * 1000 / milliseconds;
        }))], rounds: 2, cancellationToken);
        return measure;
    }

    private Measure Exec()
    {
        var measure = new Measure("exec", "exec of `true` in a running container", "ms");
        var containers = StartAll(measure, restartAlways: false);
        try
        {
            Interleaving.Run(measure, [.. containers.Select(one => new Contender(one.Key, () => Time(one.Value.ExecTrue)))], options.Rounds, cancellationToken);
        }
        finally
        {
            DisposeAll(containers.Values);
        }

        return measure;
    }

    private Measure ExitRecorded()
    {
        var measure = new Measure("exit", "SIGKILL of PID 1 to its exit being published", "ms");
        Interleaving.Run(measure, [.. Running().Select(peer => new Contender(peer.Name, () =>
        {
            using var container = peer.Start(restartAlways: false);
            using var record = container?.WatchExit();
            return record is null ? null : Milliseconds(container!.Crash(), record.Wait());
        }))], options.Rounds, cancellationToken);
        return measure;
    }

    private Measure Restart()
    {
        var measure = new Measure("restart", "crash of PID 1 to the new process running (policy always; docker's first back-off is 100 ms, the others have none)", "ms");
        Interleaving.Run(measure, [.. Running().Where(peer => peer is not OciRuntime).Select(peer => new Contender(peer.Name, () =>
        {
            using var container = peer.Start(restartAlways: true);
            return container is null ? null : Milliseconds(container.Crash(), container.Signal.Wait());
        }))], options.Rounds, cancellationToken);
        return measure;
    }

    private Measure Memory()
    {
        var measure = new Measure("memory", $"supervisors' memory (PSS) per idle container, {options.IdleContainers} running (a fifth of that for podman and docker, whose daemon is not counted)", "MB");
        foreach (var peer in Running().Where(peer => peer is not OciRuntime))
        {
            var containers = new List<IdleContainer>();
            try
            {
                var count = SlowStarters.Contains(peer.Name) ? options.IdleContainers / 5 : options.IdleContainers;
                while (containers.Count < count && !cancellationToken.IsCancellationRequested && peer.Start(restartAlways: false) is { } container)
                {
                    containers.Add(container);
                }

                measure.For(peer.Name).Add(peer.Supervisors(containers).Sum(ReadPss) / containers.Count);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                measure.Absent[peer.Name] = failure.Message;
            }
            finally
            {
                DisposeAll(containers);
            }
        }

        return measure;
    }

    private IEnumerable<Peer> Running() => peers.Where(peer => peer is not PowerShellPeer);

    private Dictionary<string, IdleContainer> StartAll(Measure measure, bool restartAlways)
    {
        var containers = new Dictionary<string, IdleContainer>();
        foreach (var peer in Running())
        {
            try
            {
                if (peer.Start(restartAlways) is { } container)
                {
                    containers[peer.Name] = container;
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                measure.Absent[peer.Name] = failure.Message;
            }
        }

        return containers;
    }

    private static void DisposeAll(IEnumerable<IdleContainer> containers) =>
        Parallel.ForEach(containers, new ParallelOptions { MaxDegreeOfParallelism = 4 }, container => container.Dispose());

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Milliseconds(start, Stopwatch.GetTimestamp());
    }

    private static double Milliseconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;

    private static double ReadPss(int pid) =>
        File.ReadLines($"/proc/{pid}/smaps_rollup")
            .Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture)) / 1024;
}
