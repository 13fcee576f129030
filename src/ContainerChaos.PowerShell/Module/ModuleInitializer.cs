using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace ContainerChaos.PowerShell;

/// <summary>
/// What runs at Import-Module and Remove-Module: it says where the assemblies below this one are found, and loads none of them.
/// </summary>
/// <remarks>See docs/decisions/0010-module-load-context.md.</remarks>
public sealed class ModuleInitializer : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly ModuleLoadContext Context = new(Path.Combine(ModuleFiles.Root, "lib"));

    /// <summary>Routes the product's assemblies to the module's own load context.</summary>
    public void OnImport() => AssemblyLoadContext.Default.Resolving += Resolve;

    /// <summary>Takes the route away again.</summary>
    /// <param name="psModuleInfo">The module that is removed.</param>
    public void OnRemove(PSModuleInfo psModuleInfo) => AssemblyLoadContext.Default.Resolving -= Resolve;

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        name.Name is { } simple && simple.StartsWith("ContainerChaos.", StringComparison.Ordinal) && Context.Holds(simple)
            ? Context.LoadFromAssemblyName(name)
            : null;
}
