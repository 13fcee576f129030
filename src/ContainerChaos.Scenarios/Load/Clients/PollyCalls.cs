using Polly;
using Polly.CircuitBreaker;
using Polly.Hedging;
using Polly.Retry;

namespace ContainerChaos.Scenarios.Load;

/// <summary>
/// Requests by way of a resilience pipeline of Polly. All of it runs on the loop's thread: its awaits come back by <see cref="LoopContext"/>, its delays
/// are timers of <see cref="LoopClock"/>.
/// </summary>
internal sealed class PollyCalls : LoadCalls
{
    private readonly LoadLoop _loop;
    private readonly long _attemptTimeout;
    private readonly LoopContext _context;
    private readonly LoopClock _clock = new();
    private readonly ResiliencePipeline<AttemptOutcome> _pipeline;
    private readonly Queue<Call> _deadlines = new();
    private readonly Queue<(LoadAttempt Attempt, AttemptOutcome Outcome)> _finished = new();
    private int _open;

    internal PollyCalls(LoadLoop loop, ClientStrategy strategy, long timeout)
    {
        _loop = loop;
        _attemptTimeout = Math.Min(timeout, strategy.AttemptTimeout is { } own ? own.Ticks * 100 : long.MaxValue);
        _context = new LoopContext(loop.Wake);
        var builder = new ResiliencePipelineBuilder<AttemptOutcome> { TimeProvider = _clock };
        switch (strategy)
        {
            case RetryStrategy retry:
                var random = new Random(retry.Seed);
                builder.AddRetry(new RetryStrategyOptions<AttemptOutcome>
                {
                    MaxRetryAttempts = retry.Retries,
                    Delay = retry.Delay,
                    BackoffType = retry.IsExponential ? DelayBackoffType.Exponential : DelayBackoffType.Constant,
                    UseJitter = retry.IsExponential,
                    Randomizer = random.NextDouble,
                    ShouldHandle = static arguments => ValueTask.FromResult(IsFailure(arguments.Outcome)),
                });
                break;
            case CircuitBreakerStrategy breaker:
                builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<AttemptOutcome>
                {
                    FailureRatio = breaker.FailureRatio,
                    MinimumThroughput = breaker.Minimum,
                    SamplingDuration = breaker.Sampling,
                    BreakDuration = breaker.Break,
                    ShouldHandle = static arguments => ValueTask.FromResult(IsFailure(arguments.Outcome)),
                });
                break;
            case HedgingStrategy hedging:
                builder.AddHedging(new HedgingStrategyOptions<AttemptOutcome>
                {
                    MaxHedgedAttempts = hedging.Hedges,
                    Delay = hedging.Delay,
                    ShouldHandle = static arguments => ValueTask.FromResult(IsFailure(arguments.Outcome)),
                });
                break;
        }

        _pipeline = builder.Build();
    }

    internal override long NextDue
    {
        get
        {
            if (_finished.Count > 0 || _context.HasWork)
                return 0;
            long due = _clock.NextDue;
            return _deadlines.TryPeek(out Call? oldest) ? Math.Min(due, oldest.Deadline) : due;
        }
    }

    internal override int Open => _open;

    internal override void Attach() => SynchronizationContext.SetSynchronizationContext(_context);

    internal override void Begin(long intended, long deadline)
    {
        var call = new Call(this, intended, deadline);
        _open++;
        _deadlines.Enqueue(call);
        _ = Execute(call);
    }

    internal override void Finish(LoadAttempt attempt, in AttemptOutcome outcome) => _finished.Enqueue((attempt, outcome));

    internal override void Advance(long now)
    {
        while (_finished.TryDequeue(out (LoadAttempt Attempt, AttemptOutcome Outcome) finished))
            finished.Attempt.SetOutcome(finished.Outcome);
        _context.Run();
        _clock.Fire(now);
        while (_deadlines.TryPeek(out Call? oldest) && (oldest.IsOver || oldest.Deadline <= now))
        {
            _deadlines.Dequeue();
            if (oldest.IsOver)
                continue;
            Conclude(oldest, new AttemptOutcome(RequestOutcome.TimedOut, 0, 0));
            // Ends the pauses and the attempts that it still has.
            oldest.Cancellation.Cancel();
        }
    }

    // What another attempt might cure. The generator's own lack of a port or of room is not the target's failure.
    private static bool IsFailure(Outcome<AttemptOutcome> outcome) => outcome.Exception is null && outcome.Result.Outcome switch
    {
        RequestOutcome.Success or RequestOutcome.Dropped or RequestOutcome.NoLocalPort => false,
        RequestOutcome.ErrorStatus => outcome.Result.Status is >= 500 or 429,
        _ => true,
    };

    private async Task Execute(Call call)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, call.Cancellation.Token);
        Outcome<AttemptOutcome> outcome = await _pipeline.ExecuteOutcomeAsync(static (context, call) => call.Owner.Attempt(call, context.CancellationToken), context, call);
        ResilienceContextPool.Shared.Return(context);
        if (!call.IsOver)
            Conclude(call, outcome.Exception switch
            {
                null => outcome.Result,
                BrokenCircuitException => new AttemptOutcome(RequestOutcome.CircuitOpen, 0, 0),
                _ => new AttemptOutcome(RequestOutcome.TimedOut, 0, 0),
            });
        call.Cancellation.Dispose();
    }

    private async ValueTask<Outcome<AttemptOutcome>> Attempt(Call call, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return Outcome.FromException<AttemptOutcome>(new OperationCanceledException(cancellation));
        long now = MonotonicClock.Now;
        var attempt = new LoadAttempt(_loop);
        attempt.Registration = cancellation.UnsafeRegister(static state => ((LoadAttempt)state!).Cancel(), attempt);
        _loop.Send(attempt, now, now + _attemptTimeout);
        try
        {
            AttemptOutcome outcome = await attempt.Task;
            if (call.Sent == 0)
                call.Sent = outcome.Sent;
            return Outcome.FromResult(outcome);
        }
        catch (OperationCanceledException e)
        {
            return Outcome.FromException<AttemptOutcome>(e);
        }
    }

    private void Conclude(Call call, in AttemptOutcome outcome)
    {
        call.IsOver = true;
        _open--;
        _loop.Record(call.Intended, call.Sent != 0 ? call.Sent : outcome.Sent, outcome.Outcome, outcome.Status);
    }

    private sealed class Call(PollyCalls owner, long intended, long deadline)
    {
        internal PollyCalls Owner => owner;

        internal long Intended => intended;

        internal long Deadline => deadline;

        internal CancellationTokenSource Cancellation { get; } = new();

        internal long Sent { get; set; }

        internal bool IsOver { get; set; }
    }
}
