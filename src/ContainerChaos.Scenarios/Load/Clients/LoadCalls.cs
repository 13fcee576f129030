using System.Runtime.CompilerServices;

namespace ContainerChaos.Scenarios.Load;

/// <summary>The requests of a load whose client has a strategy. Polly is loaded by <see cref="Create"/>, and by nothing else.</summary>
internal abstract class LoadCalls
{
    /// <summary>When it wants to be called again, monotonic nanoseconds.</summary>
    internal abstract long NextDue { get; }

    /// <summary>Requests whose outcome is not known.</summary>
    internal abstract int Open { get; }

    /// <summary>Begins to serve the thread of the loop, which calls all the rest.</summary>
    internal abstract void Attach();

    /// <summary>A request is due.</summary>
    internal abstract void Begin(long intended, long deadline);

    /// <summary>Takes the outcome of an attempt; what follows of it happens in <see cref="Advance"/>.</summary>
    internal abstract void Finish(LoadAttempt attempt, in AttemptOutcome outcome);

    /// <summary>Does what is due, and what follows of finished attempts.</summary>
    internal abstract void Advance(long now);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static LoadCalls Create(LoadLoop loop, ClientStrategy strategy, long timeout) => new PollyCalls(loop, strategy, timeout);
}

/// <summary>How one attempt ended.</summary>
internal readonly record struct AttemptOutcome(RequestOutcome Outcome, short Status, long Sent);
