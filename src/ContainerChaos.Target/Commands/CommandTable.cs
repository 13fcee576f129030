using ContainerChaos.Target.Native;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Commands;

/// <summary>The commands by name.</summary>
internal static class CommandTable
{
    private const int UsageCode = 2;

    /// <summary>Runs one and gives its exit code.</summary>
    public static int Run(string[] arguments)
    {
        string command = arguments.Length > 0 ? arguments[0] : "serve";
        string[] rest = arguments.Length > 0 ? arguments[1..] : [];
        try
        {
            return Run(command, rest);
        }
        catch (UsageException exception)
        {
            Output.Error($"{exception.Message}; see target --help");
            return UsageCode;
        }
        catch (NativeException exception)
        {
            Output.Error(exception.Message);
            return 1;
        }
    }

    private static int Run(string command, string[] arguments) => command switch
    {
        "serve" => ServeCommand.Run(arguments),
        "true" => 0,
        "false" => 1,
        "exit" => (int)Arguments.Number(arguments, 0, "exit", 0, 255),
        "sleep" => WaitCommands.Sleep(arguments),
        "pause" => WaitCommands.Pause(),
        "signals" => WaitCommands.Signals(),
        "kill" => WaitCommands.Kill(arguments),
        "seq" => SequenceCommand.Run(arguments),
        "leak" => FaultCommands.Leak(arguments),
        "zombies" => FaultCommands.Zombies(arguments),
        "orphans" => FaultCommands.Orphans(arguments),
        "cpu" => FaultCommands.Cpu(arguments),
        "crash" => FaultCommands.Die(),
        "echo" => LookCommands.Echo(arguments),
        "env" => LookCommands.Env(arguments),
        "id" => IdCommand.Run(),
        "call" => CallCommand.Run(arguments),
        "notify" => NotifyCommand.Run(arguments),
        "hostname" => LookCommands.HostName(),
        "ps" => LookCommands.Ps(),
        "cat" => FileCommands.Cat(arguments),
        "ls" => FileCommands.List(arguments),
        "stat" => FileCommands.Stat(arguments),
        "write" => FileCommands.Write(arguments, Libc.O_TRUNC),
        "append" => FileCommands.Write(arguments, Libc.O_APPEND),
        "mkdir" => FileCommands.MakeDirectory(arguments),
        "rm" => FileCommands.Remove(arguments),
        "get" => GetCommand.Run(arguments),
        "--version" => LookCommands.Version(),
        "--help" or "-h" or "help" => Help(),
        _ => throw new UsageException($"unknown command '{command}'"),
    };

    private static int Help()
    {
        Output.Bytes(1, Usage.Help);
        Output.Text("ENDPOINTS of serve\n");
        Output.Bytes(1, Usage.Endpoints);
        return 0;
    }
}
