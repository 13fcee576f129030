using System.Reflection;
using System.Runtime.Loader;

namespace ContainerChaos.PowerShell;

/// <summary>
/// The module's private home for its dependencies, so that its YamlDotNet and Bogus never meet another module's.
/// </summary>
internal sealed class ModuleLoadContext(string folder) : AssemblyLoadContext("ContainerChaos")
{
    /// <summary>Whether the folder has an assembly of that simple name.</summary>
    public bool Holds(string simpleName) => File.Exists(PathOf(simpleName));

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name is { } simple && Holds(simple) ? LoadFromAssemblyPath(PathOf(simple)) : null;

    private string PathOf(string simpleName) => Path.Combine(folder, simpleName + ".dll");
}
