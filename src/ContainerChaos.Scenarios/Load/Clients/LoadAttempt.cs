namespace ContainerChaos.Scenarios.Load;

/// <summary>One attempt of a request: what Polly waits for. Its continuations run on the loop's thread.</summary>
internal sealed class LoadAttempt(LoadLoop loop)
{
    private readonly TaskCompletionSource<AttemptOutcome> _source = new();

    internal Task<AttemptOutcome> Task => _source.Task;

    /// <summary>The request that carries it, as long as it does.</summary>
    internal LoadRequest? Request { get; set; }

    internal CancellationTokenRegistration Registration { get; set; }

    internal void SetOutcome(in AttemptOutcome outcome)
    {
        Registration.Dispose();
        _source.TrySetResult(outcome);
    }

    /// <summary>Nobody waits for it any more: another was faster, or the time of the whole request is over.</summary>
    internal void Cancel()
    {
        if (Request is { } request)
        {
            Request = null;
            loop.Abandon(request);
        }

        _source.TrySetCanceled();
    }
}
