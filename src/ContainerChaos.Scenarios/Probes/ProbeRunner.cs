using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios;

/// <summary>Looks at the probes of a steady-state hypothesis, one after the other.</summary>
internal static class ProbeRunner
{
    // Nobody tells when a file or a metric becomes what it shall be: it is looked at again.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    internal static IReadOnlyList<ProbeResult> Look(IEnumerable<ScenarioProbe> probes, ProbeSubject subject, CancellationToken cancellationToken) =>
        [.. probes.Select(probe => Look(probe, subject, cancellationToken))];

    internal static ProbeResult Look(ScenarioProbe probe, ProbeSubject subject, CancellationToken cancellationToken)
    {
        long began = MonotonicClock.Now;
        while (true)
        {
            ProbeReading reading = LookOnce(probe, subject, cancellationToken);
            string? problem = reading.Problem ?? probe.Tolerances.Select(reading.Outside).FirstOrDefault(outside => outside is not null);
            long now = MonotonicClock.Now;
            if (problem is null || now - began >= probe.Within.Ticks * 100)
                return new ProbeResult(probe.Name, probe.Kind, reading.ToString(), problem, began, now) { Values = reading.Values };
            cancellationToken.WaitHandle.WaitOne(s_interval);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static ProbeReading LookOnce(ScenarioProbe probe, ProbeSubject subject, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(probe.Timeout);
        try
        {
            return probe.Look(subject, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ProbeReading.Failed($"no answer within {probe.Timeout.TotalSeconds:0.###} s");
        }
        catch (ContainerException e)
        {
            return ProbeReading.Failed(e.Message);
        }
        catch (Exception e) when (e is ErrnoException or TrialException)
        {
            return ProbeReading.Failed(e.Message);
        }
    }
}
