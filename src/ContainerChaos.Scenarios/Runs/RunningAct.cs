using ContainerChaos.Linux;
using ContainerChaos.Scenarios.Load;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>An act that was done, and the fault of it that is in force.</summary>
/// <param name="Step">The label of its step.</param>
/// <param name="Act">The act.</param>
/// <param name="Injected">The moment just before it was done, monotonic nanoseconds.</param>
/// <param name="Time">How long an operator's act took; null for others.</param>
/// <param name="Fault">The fault; null for what is over at once.</param>
/// <param name="ProcessorTime">CPU time that it took to do it.</param>
/// <param name="Seen">What it saw; null for what looks at nothing.</param>
internal sealed record RunningAct(string Step, ScenarioAct Act, long Injected, TimeSpan? Time, RunningFault? Fault, TimeSpan ProcessorTime, ProbeResult? Seen)
{
    /// <summary>Undoes what of it is in force, and writes down that it was done.</summary>
    internal void End(TrialLog log)
    {
        string? error = Seen?.Problem;
        TimeSpan before = ThreadProcessorTime.Current;
        try
        {
            Fault?.Undo();
        }
        catch (Runtime.ContainerException e)
        {
            // The others have to be undone as well, and the entry stays in the ledger, which the report shows.
            error = e.Message;
            log.Warn($"{Act} could not be undone: {e.Message}");
        }

        Fault?.Dispose();
        log.Add(new ActResult(Step, Act.ToString(), Act.Action is ScenarioAction.Fault or ScenarioAction.Crash, Injected, Seen?.Ended ?? MonotonicClock.Now, error)
        {
            ProcessorTime = ProcessorTime + (ThreadProcessorTime.Current - before),
            Seen = Seen,
        });
    }
}
