using System.Reflection;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Host;

/// <summary>ccrun's verbs, and how a monitor's errors leave the process. What a verb does lives in the floors below.</summary>
internal static class CommandLine
{
    internal static int Dispatch(ReadOnlySpan<string> arguments)
    {
        try
        {
            return arguments switch
            {
                [MonitorProgram.DetachVerb, .. var rest] => MonitorProgram.Detach(rest.ToArray()),
                [MonitorProgram.Verb, .. var rest] => MonitorProgram.Run(rest.ToArray()),
                [MountViewProgram.Verb, .. var rest] => MountViewProgram.Run(rest.ToArray()),
                [WatchdogProgram.DetachVerb, .. var rest] => WatchdogProgram.Detach(rest.ToArray()),
                [WatchdogProgram.Verb, .. var rest] => WatchdogProgram.Run(rest.ToArray()),
                [LoadProgram.Verb, .. var rest] => LoadProgram.Run(rest.ToArray()),
                [FaultPointProgram.Verb, .. var rest] => FaultPointProgram.Run(rest.ToArray()),
                [NamespaceRootProgram.EnterVerb, .. var rest] => NamespaceRootProgram.Enter(rest.ToArray()),
                [NamespaceRootProgram.Verb, .. var rest] => NamespaceRootProgram.Run(rest.ToArray()),
                _ => OciCommandLine.Execute(arguments, static () => Version),
            };
        }
        catch (ContainerException e)
        {
            return Fail(e.Remedy is null ? e.Message : $"{e.Message} {e.Remedy}", e.ExitCode);
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException)
        {
            return Fail(e.Message, 125);
        }
    }

    private static string Version => typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    private static int Fail(string message, int exitCode)
    {
        using var descriptor = new FileDescriptor(2);
        descriptor.Write(System.Text.Encoding.UTF8.GetBytes($"ccrun: {message}\n"));
        return exitCode;
    }
}
