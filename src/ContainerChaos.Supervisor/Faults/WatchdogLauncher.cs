using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>Starts watchdogs. It never forks by itself and leaves no child behind.</summary>
public static class WatchdogLauncher
{
    /// <summary>Writes a fault into the ledger and has a watchdog apply it.</summary>
    /// <param name="executable">The path of <c>ccrun</c>.</param>
    /// <param name="ledger">The ledger.</param>
    /// <param name="plan">Makes the fault, see <see cref="FaultLedger.Write"/>.</param>
    /// <returns>The fault in force.</returns>
    /// <exception cref="ContainerException">It could not be applied; nothing of it is left.</exception>
    public static RunningFault Start(string executable, FaultLedger ledger, Func<FaultRecord> plan)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var (entry, handle) = ledger.Write(plan);
        var (ready, readyWriter) = FileDescriptor.Pipe();
        try
        {
            using (handle)
            using (readyWriter)
            {
                var pid = DetachedProcess.Start(executable, ["ccrun", WatchdogProgram.DetachVerb, ledger.PathOf(entry.Id)], [], readyWriter, handle);
                DetachedProcess.Reap(pid);
            }
            var fault = new RunningFault(entry, ready, ledger);
            fault.WaitUntilApplied();
            return fault;
        }
        catch (ErrnoException e)
        {
            ready.Dispose();
            ledger.Undo(entry.Id);
            throw new ContainerException(ErrorReason.StartFailed, $"The container runtime {executable} can't be started: {e.Message}.", executable, e)
            {
                Remedy = "Reinstall the module; ccrun must lie beside it and be executable.",
            };
        }
        catch
        {
            ready.Dispose();
            ledger.Undo(entry.Id);
            throw;
        }
    }

    /// <summary>Writes a fault that is over at once into the ledger, applies it, and strikes it out. No watchdog is needed: there is nothing to undo.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="plan">Makes the fault, see <see cref="FaultLedger.Write"/>.</param>
    /// <param name="applying">Called just before it is applied.</param>
    /// <exception cref="ContainerException">It could not be applied.</exception>
    public static FaultRecord Apply(FaultLedger ledger, Func<FaultRecord> plan, Action? applying = null)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var (entry, handle) = ledger.Write(plan);
        using (handle)
        {
            try
            {
                applying?.Invoke();
                FaultSteps.Apply(entry.Apply, []);
                return entry;
            }
            catch (ErrnoException e)
            {
                throw WatchdogProgram.Refused(entry, e);
            }
            finally
            {
                ledger.StrikeOut(entry.Id);
            }
        }
    }
}
