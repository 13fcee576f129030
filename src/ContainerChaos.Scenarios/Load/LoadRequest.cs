namespace ContainerChaos.Scenarios.Load;

/// <summary>A request between its arrival and its outcome. Used again and again: a request costs no allocation.</summary>
internal sealed class LoadRequest
{
    /// <summary>When the schedule wants it sent.</summary>
    internal long Intended { get; private set; }

    /// <summary>When it is over without an answer.</summary>
    internal long Deadline { get; private set; }

    /// <summary>What is sent.</summary>
    internal byte[] Bytes { get; private set; } = [];

    internal long Sent { get; set; }

    internal bool Done { get; set; }

    internal LoadConnection? Connection { get; set; }

    /// <summary>In how many queues it is: it must not be used again before it has left them.</summary>
    internal int Queues { get; set; }

    /// <summary>The attempt that waits for it; null when it is a request of the load by itself.</summary>
    internal LoadAttempt? Attempt { get; set; }

    internal void Begin(long intended, long deadline, byte[] bytes)
    {
        Intended = intended;
        Deadline = deadline;
        Bytes = bytes;
        Sent = 0;
        Done = false;
        Connection = null;
        Attempt = null;
    }
}
