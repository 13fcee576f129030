using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>Removes what a killed run left behind: its containers, known by their labels, its folders, and its faults.</summary>
internal static class Leftovers
{
    internal static void Remove(ContainerEngine engine, FaultLedger ledger)
    {
        foreach (Container container in engine.List())
        {
            if (!container.Labels.ContainsKey(TrialNames.ScenarioLabel)
                || !container.Labels.TryGetValue(TrialNames.OwnerLabel, out string? owner)
                || TrialNames.IsAlive(owner)
                || ChaosTarget.Protects(container))
                continue;
            try
            {
                engine.Remove(container.Id, force: true);
            }
            catch (ContainerException e) when (e.Reason == ErrorReason.ContainerNotFound)
            {
                // Another run was faster.
            }

            DeleteFolder(Path.Combine(TrialRunner.SocketRoot(engine), container.Name));
        }

        ledger.UndoAbandoned();
    }

    private static void DeleteFolder(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
    }
}
