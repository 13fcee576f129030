namespace ContainerChaos.PowerShell;

/// <summary>The files that ship inside the module's folder.</summary>
internal static class ModuleFiles
{
    /// <summary>The folder of the module's manifest.</summary>
    public static string Root { get; } = Path.GetDirectoryName(typeof(ModuleFiles).Assembly.Location)!;

    /// <summary>The supervisor's executable.</summary>
    public static string Ccrun => Path.Combine(Root, "ccrun");

    /// <summary>The executable that is the embedded image.</summary>
    public static string Target => Path.Combine(Root, "target");

    /// <summary>The scenario files.</summary>
    public static string Scenarios => Path.Combine(Root, "scenarios");
}
