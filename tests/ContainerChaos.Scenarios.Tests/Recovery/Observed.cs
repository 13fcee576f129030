using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Tests.Recovery;

/// <summary>Builds observations of outages whose true moments are known.</summary>
internal static class Observed
{
    internal const long Millisecond = 1_000_000;
    internal const long Origin = 1_000_000_000_000;

    internal static long At(double milliseconds) => Origin + (long)Math.Round(milliseconds * Millisecond);

    internal static ContainerEvent Event(string type, double milliseconds, params (string Key, string Value)[] attributes) =>
        new(type, "id", DateTimeOffset.UnixEpoch, At(milliseconds), attributes.ToDictionary(a => a.Key, a => a.Value));

    /// <summary>The samples of a service that answers in 1 ms, and refuses at once during [down, up).</summary>
    internal static List<LoadSample> Samples(ArrivalSchedule schedule, double down, double up, double end)
    {
        var samples = new List<LoadSample>();
        for (long i = 0; schedule.TimeOf(i) < At(end); i++)
        {
            long intended = schedule.TimeOf(i);
            bool fails = intended >= At(down) && intended < At(up);
            samples.Add(new LoadSample(
                intended, intended, intended + (fails ? Millisecond / 10 : Millisecond), fails ? RequestOutcome.Refused : RequestOutcome.Success, 0));
        }

        return samples;
    }

    internal static StepObservation Crash(ArrivalSchedule schedule, IReadOnlyList<LoadSample> samples, double end, params ContainerEvent[] events) => new()
    {
        Injected = At(0),
        WatchedUntil = At(end),
        Schedule = schedule,
        Samples = samples,
        Events = events,
        EffectIsExit = true,
    };
}
