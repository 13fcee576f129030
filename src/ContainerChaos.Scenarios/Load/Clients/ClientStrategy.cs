namespace ContainerChaos.Scenarios.Load;

/// <summary>
/// What a user's client does about failures, by Polly: a request of the load is then one or more attempts, and its outcome and latency are what the user
/// saw of all of them. A load without a strategy sends each request once, and nothing of Polly is in its way.
/// </summary>
public abstract record ClientStrategy
{
    private protected ClientStrategy()
    {
    }

    /// <summary>The word for it in a scenario file: <c>retry</c>, <c>circuit-breaker</c> or <c>hedging</c>.</summary>
    public abstract string Name { get; }

    /// <summary>When an attempt has failed, from its sending; null for the timeout of the whole request.</summary>
    public TimeSpan? AttemptTimeout { get; init; }

    /// <summary>Throws an <see cref="ArgumentException"/> that names the value outside its range.</summary>
    internal virtual void Validate()
    {
        if (AttemptTimeout is { } timeout)
            CheckTime(timeout, "attempt-timeout", 1);
    }

    private protected static void CheckTime(TimeSpan time, string name, double least)
    {
        if (time < TimeSpan.FromMilliseconds(least) || time > TimeSpan.FromMinutes(10))
            throw new ArgumentException(FormattableString.Invariant($"The time '{name}' of {time.TotalMilliseconds} ms is outside {least} ms to 10 min."), name);
    }

    private protected static void CheckCount(int count, string name, int least, int most)
    {
        if (count < least || count > most)
            throw new ArgumentException($"The number '{name}' of {count} is outside {least} to {most}.", name);
    }
}
