using ContainerChaos.Engine;

namespace ContainerChaos.Scenarios;

/// <summary>What the container uses, as Get-ContainerStats tells it, and how often it was restarted.</summary>
public sealed record MetricProbe : ScenarioProbe
{
    internal static readonly ToleranceGrammar Grammar = new(
        "a tolerance of a metric",
        "'memory < 40m', 'memory < 80 %', 'cpu < 50 %', 'pids < 20', 'restarts = 0', 'oom-kills = 0', 'memory-pressure < 10 %', 'throttled < 1s' or 'received > 0'",
        new ToleranceTerm("memory", ToleranceUnit.Share, ToleranceUnit.Size),
        new ToleranceTerm("cache", ToleranceUnit.Size),
        new ToleranceTerm("cpu", ToleranceUnit.Share),
        new ToleranceTerm("throttled", ToleranceUnit.Time),
        new ToleranceTerm("pids", ToleranceUnit.Number),
        new ToleranceTerm("restarts", ToleranceUnit.Number),
        new ToleranceTerm("oom-kills", ToleranceUnit.Number),
        new ToleranceTerm("zombies", ToleranceUnit.Number),
        new ToleranceTerm("read", ToleranceUnit.Size),
        new ToleranceTerm("written", ToleranceUnit.Size),
        new ToleranceTerm("received", ToleranceUnit.Size),
        new ToleranceTerm("sent", ToleranceUnit.Size),
        new ToleranceTerm("cpu-pressure", ToleranceUnit.Share),
        new ToleranceTerm("memory-pressure", ToleranceUnit.Share),
        new ToleranceTerm("io-pressure", ToleranceUnit.Share));

    /// <inheritdoc/>
    public override string Kind => "metric";

    /// <inheritdoc/>
    internal override ProbeReading Look(ProbeSubject subject, CancellationToken cancellationToken)
    {
        if (subject.Engine.ReadStatistics([subject.Id], ContainerEngine.ShortestStatisticsInterval, cancellationToken: cancellationToken).FirstOrDefault() is not { } seen)
            return ProbeReading.Failed("it does not run");
        return new ProbeReading()
            .With("memory", ToleranceUnit.Size, seen.MemoryBytes)
            .With("memory", ToleranceUnit.Share, seen.MemoryPercent / 100)
            .With("cache", ToleranceUnit.Size, seen.CacheBytes)
            .With("cpu", ToleranceUnit.Share, seen.CpuPercent / 100)
            .With("throttled", ToleranceUnit.Time, seen.ThrottledTime.TotalMilliseconds)
            .With("pids", ToleranceUnit.Number, seen.Pids)
            .With("restarts", ToleranceUnit.Number, subject.Engine.Get(subject.Id).RestartCount)
            .With("oom-kills", ToleranceUnit.Number, seen.OomKills)
            .With("zombies", ToleranceUnit.Number, subject.Engine.CountZombies(subject.Id))
            .With("read", ToleranceUnit.Size, seen.BlockReadBytes)
            .With("written", ToleranceUnit.Size, seen.BlockWriteBytes)
            .With("received", ToleranceUnit.Size, seen.NetworkReceivedBytes)
            .With("sent", ToleranceUnit.Size, seen.NetworkSentBytes)
            .With("cpu-pressure", ToleranceUnit.Share, seen.CpuPressure / 100)
            .With("memory-pressure", ToleranceUnit.Share, seen.MemoryPressure / 100)
            .With("io-pressure", ToleranceUnit.Share, seen.IOPressure / 100);
    }
}
