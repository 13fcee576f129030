namespace ContainerChaos.Target.Http;

/// <summary>The head of one request; its spans point into the receive buffer.</summary>
internal ref struct RequestHead
{
    /// <summary>Bytes of the head, the empty line included.</summary>
    public int Length;

    /// <summary>The path without the query, as it was sent.</summary>
    public ReadOnlySpan<byte> Path;

    /// <summary>What follows the question mark; empty without one.</summary>
    public ReadOnlySpan<byte> Query;

    /// <summary>HEAD: the answer goes without its body.</summary>
    public bool IsHead;

    /// <summary>The connection stays open after the answer.</summary>
    public bool KeepAlive;

    /// <summary>Bytes of the body that follow the head.</summary>
    public long ContentLength;

    /// <summary>The status to refuse the request with; 0 = serve it.</summary>
    public int Refusal;

    /// <summary>Why it is refused.</summary>
    public string? Reason;
}
