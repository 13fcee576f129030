using System.Globalization;
using ContainerChaos.Scenarios.Load;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Recovery;

/// <summary>Computes the moments of a recovery from what was observed. Pure: the same observation gives the same stamps.</summary>
public static class RecoveryAnalysis
{
    /// <summary>Computes the moments of one recovery.</summary>
    /// <param name="observation">What was seen.</param>
    /// <returns>The stamps; what did not happen before the watch ended is null.</returns>
    public static RecoveryStamps Compute(StepObservation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        long injected = observation.Injected;
        long until = observation.WatchedUntil;

        ContainerEvent? die = First(observation.Events, EventTypes.Die, injected, until);
        long? exitSeen = die?.MonotonicNanoseconds;
        long? backOffEnds = null;
        long? started = null;
        if (exitSeen is { } exit)
        {
            if (First(observation.Events, EventTypes.BackOff, exit, until) is { } backOff)
                backOffEnds = backOff.MonotonicNanoseconds + DelayOf(backOff);
            started = First(observation.Events, EventTypes.Start, exit, until)?.MonotonicNanoseconds;
        }
        else if (observation.EffectIsExit)
        {
            // An operator's start of a container that was down already: there is no exit to see.
            started = First(observation.Events, EventTypes.Start, injected, until)?.MonotonicNanoseconds;
        }

        long? firstFailure = FirstFailure(observation.Samples, injected, until);
        bool exitIsTheEffect = observation.EffectIsExit || exitSeen is not null;
        // Without an exit and without a failed request nobody noticed anything: recovered when it was injected.
        long? from = exitIsTheEffect ? started : firstFailure ?? injected;

        long? firstSuccess = null;
        long? healthy = null;
        long? steady = null;
        if (from is { } origin)
        {
            // A request that was on its way before the outage, or waited through it, is a success of its own sending time.
            firstSuccess = FirstSuccess(observation.Samples, exitIsTheEffect ? injected : origin, origin, until);
            healthy = observation.Probes.Count == 0 ? firstSuccess : FirstSuccess(observation.Probes, origin, origin, until);
            var detector = new SteadyStateDetector(origin, observation.Schedule, observation.Steady);
            // In the order of the schedule, so that the earliest stretch is the one that is found.
            foreach (LoadSample sample in observation.Samples.OrderBy(s => s.Intended))
                if (sample.Completed <= until && detector.Add(sample))
                    break;
            steady = detector.SteadySince;
            if (steady is not null && firstSuccess is null)
                steady = null;
            else if (steady < firstSuccess)
                steady = firstSuccess;
            if (!exitIsTheEffect && firstFailure is null && steady is not null)
                (firstSuccess, healthy, steady) = (injected, injected, injected);
        }

        return new RecoveryStamps
        {
            Injected = injected,
            WatchedUntil = until,
            FirstFailure = firstFailure,
            Died = observation.Died,
            ExitSeen = exitSeen,
            BackOffEnds = backOffEnds,
            Started = started,
            Healthy = healthy,
            FirstSuccess = firstSuccess,
            Steady = steady,
        };
    }

    /// <summary>The first event of a type in a stretch of time.</summary>
    internal static ContainerEvent? First(IReadOnlyList<ContainerEvent> events, string type, long from, long until)
    {
        foreach (ContainerEvent e in events)
            if (e.Type == type && e.MonotonicNanoseconds >= from && e.MonotonicNanoseconds <= until)
                return e;
        return null;
    }

    private static long DelayOf(ContainerEvent backOff) =>
        backOff.Attributes.TryGetValue("delayMs", out string? text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double delay)
            ? (long)(delay * 1e6)
            : 0;

    private static long? FirstFailure(IReadOnlyList<LoadSample> samples, long injected, long until)
    {
        long? first = null;
        foreach (LoadSample s in samples)
            if (!s.Succeeded && s.Completed >= injected && s.Completed <= until && !(s.Completed >= first))
                first = s.Completed;
        return first;
    }

    private static long? FirstSuccess(IReadOnlyList<LoadSample> samples, long sentFrom, long completedFrom, long until)
    {
        long? first = null;
        foreach (LoadSample s in samples)
            if (s.Succeeded && s.Sent >= sentFrom && s.Completed >= completedFrom && s.Completed <= until && !(s.Completed >= first))
                first = s.Completed;
        return first;
    }
}
