using System.Reflection;
using ContainerChaos.KernelRunner;

// usage: ContainerChaos.KernelRunner RESULTS.xml [ASSEMBLY…]     (by default every *.Tests.dll beside it)
var assemblies = args.Length > 1
    ? args[1..]
    : [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "*.Tests.dll").Order(StringComparer.Ordinal)];
var results = new Results();
foreach (var assembly in assemblies)
{
    KernelTests.Run(Assembly.LoadFrom(Path.GetFullPath(assembly)), results);
}

results.Write(args[0]);
Console.WriteLine(results);
return results.Failed == 0 ? 0 : 1;
