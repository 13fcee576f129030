using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>A trial that was stopped in the middle and left as it is: to look at what a step has done.</summary>
public sealed record TrialHold
{
    /// <summary>The step after whose acts it was stopped.</summary>
    public required string Step { get; init; }

    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>The folder of its socket.</summary>
    public required string Folder { get; init; }

    /// <summary>The faults in force. They end with this process, or after an hour.</summary>
    public required IReadOnlyList<FaultRecord> Faults { get; init; }

    /// <summary>The entry of the ledger that stops the container when this process ends.</summary>
    public required string Guard { get; init; }

    /// <summary>The rollbacks that were not done.</summary>
    public required IReadOnlyList<ScenarioAct> NotRolledBack { get; init; }

    /// <summary>Undoes the faults and removes the container; the rollbacks stay undone.</summary>
    /// <param name="engine">The engine that made it.</param>
    /// <exception cref="ContainerException">KernelError: a fault could not be undone.</exception>
    public void End(ContainerEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        var ledger = new FaultLedger(engine.Options.RunRoot);
        foreach (FaultRecord fault in Faults)
            ledger.Undo(fault.Id);
        ledger.Undo(Guard);
        TrialRunner.CleanUp(engine, Container, Folder);
    }

    /// <summary>What is there, and what to call to go on or to clean up.</summary>
    /// <returns>The lines.</returns>
    public override string ToString()
    {
        string[] ids = [.. Faults.Select(fault => fault.Id)];
        return string.Join(Environment.NewLine,
        [
            $"stopped after {Step}: {Container} is left as it is, {(Faults.Count == 0 ? "with no fault in force" : "with " + string.Join(", ", Faults.Select(fault => $"{fault.Fault} ({fault.Id}: {fault.Effect})")))}",
            $"  look:     Get-Container {Container}; Get-ContainerLog {Container}; curl --unix-socket {Folder}/http.sock http://localhost/info",
            .. ids.Length == 0 ? Array.Empty<string>() : [$"  go on:    Undo-Fault {string.Join(", ", ids)}"],
            $"  clean up: Undo-Fault {string.Join(", ", ids.Append(Guard))}; Remove-Container {Container} -Force; Remove-Item {Folder} -Recurse",
            .. NotRolledBack.Count == 0 ? Array.Empty<string>() : [$"  not rolled back: {string.Join("; ", NotRolledBack)}"],
        ]);
    }
}
