using ContainerChaos.Engine;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>The one engine of this PowerShell process, made by the first cmdlet that needs it.</summary>
internal static class EngineSession
{
    private static readonly Lazy<ContainerEngine> Lazily = new(Open);

    /// <summary>The engine.</summary>
    public static ContainerEngine Engine => Lazily.Value;

    private static ContainerEngine Open()
    {
        var options = new EngineOptions();
        // The environment (a developer's own build) comes before the files of the module.
        if (Environment.GetEnvironmentVariable("CONTAINERCHAOS_CCRUN") is null && File.Exists(ModuleFiles.Ccrun))
            options = options with { CcrunPath = ModuleFiles.Ccrun };
        if (File.Exists(ModuleFiles.Target))
            options = options with { TargetPath = ModuleFiles.Target };
        // What a killed shell left in force; the folder is there only while there are faults.
        if (Directory.Exists(new FaultLedger(options.RunRoot).Directory))
            new FaultLedger(options.RunRoot).UndoAbandoned();
        return new ContainerEngine(options);
    }
}
