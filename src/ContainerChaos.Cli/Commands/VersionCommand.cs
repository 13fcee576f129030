using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ContainerChaos.Cli;

/// <summary><c>containerchaos version</c></summary>
internal static class VersionCommand
{
    internal static Command Create()
    {
        var command = new Command("version", "Prints the version.");
        command.SetAction(_ =>
        {
            string version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
            Console.WriteLine($"containerchaos {version.Split('+')[0]} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})");
        });
        return command;
    }
}
