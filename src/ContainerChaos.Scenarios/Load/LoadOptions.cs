using System.Net;
using System.Net.Sockets;

namespace ContainerChaos.Scenarios.Load;

/// <summary>What the load generator sends, where to, and how fast.</summary>
public sealed record LoadOptions
{
    /// <summary>A <see cref="UnixDomainSocketEndPoint"/> or an <see cref="IPEndPoint"/>.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary>What the requests call the host (RFC 9110, 7.2); null for the end point itself, or <c>localhost</c> behind a Unix socket.</summary>
    public string? Host { get; init; }

    /// <summary>Path and query of the request. Default <c>/healthz</c>.</summary>
    public string Path { get; init; } = "/healthz";

    /// <summary>When requests are due. Default 250 a second, evenly spaced, whatever the target does.</summary>
    public ArrivalPattern Arrivals { get; init; } = new ConstantArrivals(250);

    /// <summary>Short for <see cref="ConstantArrivals"/>: 0.1 to 200,000 a second. Reads as the rate that <see cref="Arrivals"/> are known by.</summary>
    public double Rate
    {
        get => Arrivals.Rate;
        init => Arrivals = new ConstantArrivals(value);
    }

    /// <summary>Whether a connection carries one request after the other (HTTP/1.1 keep-alive), or one only. Default true.</summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>
    /// How long after its intended send time a request counts as failed; after the time that it was sent at, where the generator itself was kept from its
    /// schedule for more than 20 ms. Default 250 ms.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>What the client does about failures; null for nothing: each request is sent once. A circuit breaker is of all requests of the load.</summary>
    public ClientStrategy? Strategy { get; init; }

    /// <summary>Bodies to POST; null for GET requests.</summary>
    public RequestPayload? Payload { get; init; }

    /// <summary>Limits that the load shall keep, see <see cref="LoadThreshold"/>; some end it when they are not.</summary>
    public IReadOnlyList<Tolerance> Thresholds { get; init; } = [];

    /// <summary>Connections open at most; each carries one request at a time. A closed loop has one for each worker at least. Default 64.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>Requests that may wait for a connection; further ones are dropped, counted, and count as failures. Default 1024.</summary>
    public int MaxPending { get; init; } = 1024;

    internal int MostConnections => Math.Max(MaxConnections, (Arrivals as ClosedLoop)?.Workers ?? 1);

    /// <summary>Throws when a value is outside its range.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message names it.</exception>
    public void Validate()
    {
        if (EndPoint is not (UnixDomainSocketEndPoint or IPEndPoint))
            throw new ArgumentException("The load goes to a Unix socket or an IP end point.", nameof(EndPoint));
        if (!Path.StartsWith('/') || Path.AsSpan().IndexOfAnyInRange('\0', ' ') >= 0)
            throw new ArgumentException($"The path '{Path}' must begin with '/' and hold no white space.", nameof(Path));
        if (Host is not null && Host.AsSpan().IndexOfAnyInRange('\0', ' ') >= 0)
            throw new ArgumentException($"The host '{Host}' must hold no white space.", nameof(Host));
        Arrivals.Validate();
        Strategy?.Validate();
        Payload?.Validate();
        if (Timeout < TimeSpan.FromMilliseconds(1) || Timeout > TimeSpan.FromMinutes(10))
            throw new ArgumentException($"The timeout {Timeout} is outside 1 ms to 10 min.", nameof(Timeout));
        if (MaxConnections is < 1 or > 4096)
            throw new ArgumentException($"{MaxConnections} connections are outside 1 to 4096.", nameof(MaxConnections));
        if (MaxPending is < 0 or > 1_000_000)
            throw new ArgumentException($"{MaxPending} pending requests are outside 0 to 1,000,000.", nameof(MaxPending));
    }
}
