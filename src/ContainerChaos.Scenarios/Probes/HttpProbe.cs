using System.Net.Sockets;
using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.Scenarios;

/// <summary>A GET request where the load goes: its status, its body, and how long it takes.</summary>
/// <param name="Path">Path and query.</param>
public sealed record HttpProbe(string Path) : ScenarioProbe
{
    internal static readonly ToleranceGrammar Grammar = new(
        "a tolerance of an answer",
        "'status = 200', 'latency < 100ms', 'body contains ready' or 'body matches ^ok'",
        new ToleranceTerm("status", ToleranceUnit.Number) { IsCode = true },
        new ToleranceTerm("latency", ToleranceUnit.Time),
        new ToleranceTerm("body", ToleranceUnit.Text));

    /// <inheritdoc/>
    public override string Kind => "http";

    /// <inheritdoc/>
    internal override ProbeReading Look(ProbeSubject subject, CancellationToken cancellationToken)
    {
        try
        {
            WorkloadAnswer answer = WorkloadRequest.Send(subject.EndPoint, Path, Timeout, cancellationToken);
            return answer.Status == 0
                ? ProbeReading.Failed("the connection ended without an answer")
                : new ProbeReading().With("status", ToleranceUnit.Number, answer.Status).With("latency", ToleranceUnit.Time, answer.Latency.TotalMilliseconds).With("body", answer.Body);
        }
        catch (SocketException e)
        {
            return ProbeReading.Failed(e.Message);
        }
    }
}
