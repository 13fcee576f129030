using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>
/// A cmdlet that does one thing to each of its containers. The containers are worked on side by side, so that stopping
/// three takes one grace period; results and errors come back per container, in the order of the input.
/// </summary>
public abstract class ContainerActionCmdlet : ContainerTargetCmdlet
{
    private readonly Queue<(ContainerTarget Target, Task<object?> Work)> pending = new();
    private SemaphoreSlim? room;

    /// <summary>What is done, for <c>-WhatIf</c> and <c>-Confirm</c>; null for what changes nothing.</summary>
    private protected virtual string? Operation => null;

    /// <summary>How many containers are worked on at a time; an action that mostly waits has a larger number.</summary>
    private protected virtual int Concurrency => Math.Max(4, 2 * Environment.ProcessorCount);

    /// <summary>Does it to one container, on a thread of its own.</summary>
    private protected abstract object? Act(ContainerTarget target);

    /// <summary>Reports what was done, on the pipeline's thread.</summary>
    private protected abstract void Report(ContainerTarget target, object? result);

    /// <summary>Starts the work on the containers of this pipeline object and reports what is finished by then.</summary>
    protected override void ProcessRecord()
    {
        foreach (var target in Targets())
        {
            if (Operation is not { } operation || ShouldProcess(target.Name, operation))
                Begin(target);
        }
        Drain(toTheEnd: false);
    }

    /// <summary>Waits for the rest.</summary>
    protected override void EndProcessing() => Drain(toTheEnd: true);

    /// <summary>Says what a start could not grant.</summary>
    private protected void WriteWarnings(Container container)
    {
        foreach (var warning in container.Warnings)
            WriteWarning($"{container.Name}: {warning}");
    }

    /// <summary>Starts the work on one container.</summary>
    private protected void Begin(ContainerTarget target)
    {
        room ??= new SemaphoreSlim(Concurrency);
        try
        {
            room.Wait(Cancellation);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
        var work = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return Act(target);
                }
                finally
                {
                    room.Release();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        pending.Enqueue((target, work));
    }

    private void Drain(bool toTheEnd)
    {
        while (pending.TryPeek(out var next) && (toTheEnd || next.Work.IsCompleted))
        {
            object? result = null;
            var done = Attempt(next.Target.Name, () => result = ResultOf(next.Work));
            pending.Dequeue();
            if (done)
                Report(next.Target, result);
        }
    }

    private object? ResultOf(Task<object?> work)
    {
        // Returns at the cancellation, whether or not the engine call has noticed it yet.
        Task.WaitAny([work], Cancellation);
        return work.GetAwaiter().GetResult();
    }
}
