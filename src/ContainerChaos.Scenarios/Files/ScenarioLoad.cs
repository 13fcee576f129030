using System.Net;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios;

/// <summary>A load on the workload.</summary>
/// <param name="Path">Path and query of the request.</param>
/// <param name="Arrivals">When requests are due.</param>
/// <param name="Timeout">When a request has failed, from its intended send time.</param>
public sealed record ScenarioLoad(string Path, ArrivalPattern Arrivals, TimeSpan Timeout)
{
    /// <summary>The requests a second that the arrivals are known by.</summary>
    public double Rate => Arrivals.Rate;

    /// <summary>Whether a connection carries one request after the other, or one only.</summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>Connections open at most.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>What the client does about failures; null for nothing.</summary>
    public ClientStrategy? Strategy { get; init; }

    /// <summary>Bodies to POST; null for GET requests.</summary>
    public RequestPayload? Payload { get; init; }

    /// <summary>Limits that the load shall keep, see <see cref="LoadThreshold"/>.</summary>
    public IReadOnlyList<Tolerance> Thresholds { get; init; } = [];

    /// <summary>The same as the generator takes it.</summary>
    /// <param name="endPoint">Where it goes.</param>
    /// <returns>The options.</returns>
    public LoadOptions To(EndPoint endPoint) => new()
    {
        EndPoint = endPoint,
        Path = Path,
        Arrivals = Arrivals,
        Timeout = Timeout,
        KeepAlive = KeepAlive,
        MaxConnections = MaxConnections,
        Strategy = Strategy,
        Payload = Payload,
        Thresholds = Thresholds,
    };
}
