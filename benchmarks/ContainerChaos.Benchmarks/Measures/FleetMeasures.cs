using System.Diagnostics;
using ContainerChaos.Benchmarks.Peers;

namespace ContainerChaos.Benchmarks.Measures;

/// <summary>Many containers at once, on the default bridge: started, listed, and removed running.</summary>
internal sealed class FleetMeasures(BenchOptions options, IReadOnlyList<Peer> peers, CancellationToken cancellationToken)
{
    private const int Lists = 5;

    /// <summary>podman and docker take minutes for all of them; what they take grows with the number, if not faster.</summary>
    private const int Fraction = 10;

    private readonly Measure start = new("fleet-start", $"{options.Fleet} containers up at once, on the default bridge (podman and docker: a tenth of them, times ten)", "s");
    private readonly Measure list = new("fleet-list", $"listing {options.Fleet} running containers (podman and docker: a tenth of them)", "ms");
    private readonly Measure remove = new("fleet-remove", $"removing {options.Fleet} running containers (podman and docker: a tenth of them, times ten)", "s");

    public IEnumerable<Measure> Take()
    {
        foreach (var peer in peers.Where(peer => peer is PowerShellPeer or ContainerCli))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                Take(peer);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                start.Absent[peer.Name] = failure.InnerException?.Message ?? failure.Message;
            }
        }

        return [start, list, remove];
    }

    private void Take(Peer peer)
    {
        var factor = peer is ContainerCli ? Fraction : 1;
        // What the first of anything costs is no matter of their number.
        peer.RunTrueOnBridge();
        Console.Error.Write($"\rfleet: {peer.Name}   ");
        var began = Stopwatch.GetTimestamp();
        if (peer.StartFleet($"{Workspace.Prefix}fleet", options.Fleet / factor) is not { } fleet)
        {
            return;
        }

        start.For(peer.Name).Add(Stopwatch.GetElapsedTime(began).TotalSeconds * factor);
        for (var i = 0; i <= Lists; i++)
        {
            began = Stopwatch.GetTimestamp();
            fleet.List();
            if (i > 0)
            {
                list.For(peer.Name).Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        began = Stopwatch.GetTimestamp();
        fleet.Remove();
        remove.For(peer.Name).Add(Stopwatch.GetElapsedTime(began).TotalSeconds * factor);
        Console.Error.Write("\r                                \r");
    }
}
