namespace ContainerChaos.Scenarios.Load;

/// <summary>How one request of the load ended, as a user of the service would have seen it.</summary>
public enum RequestOutcome : byte
{
    /// <summary>A complete response with a status of 200 to 399.</summary>
    Success,

    /// <summary>A complete response with another status.</summary>
    ErrorStatus,

    /// <summary>Nobody listens: connect(2) failed (ECONNREFUSED, ENOENT …).</summary>
    Refused,

    /// <summary>The connection broke before the response was complete.</summary>
    Reset,

    /// <summary>No complete response within the timeout, counted from the intended send time.</summary>
    TimedOut,

    /// <summary>Never sent: too many requests were already waiting. Counted as a failure.</summary>
    Dropped,

    /// <summary>The bytes received are not an HTTP/1.1 response.</summary>
    BadResponse,

    /// <summary>Never sent: this host had no free port for another connection (EADDRNOTAVAIL). Counted as a failure, and not the target's.</summary>
    NoLocalPort,

    /// <summary>Never sent: the client's circuit breaker was open. Counted as a failure: the user got nothing.</summary>
    CircuitOpen,
}
