using System.CommandLine;
using ContainerChaos.Engine;
using ContainerChaos.Runtime;

namespace ContainerChaos.Cli;

/// <summary><c>containerchaos restore</c>: what Restore-Container does, for a service manager at boot.</summary>
internal static class RestoreCommand
{
    internal static Command Create()
    {
        var command = new Command("restore", "Starts the containers again that their restart policy brings back after a reboot.");
        command.SetAction((_, cancellationToken) => Task.FromResult(Restore(new ContainerEngine(), cancellationToken)));
        return command;
    }

    private static int Restore(ContainerEngine engine, CancellationToken cancellationToken)
    {
        var code = ExitCode.AsExpected;
        try
        {
            foreach (Container container in engine.FindRestorable())
            {
                try
                {
                    Console.WriteLine($"{engine.Start(container.Id, cancellationToken).Name}: started ({container.RestartPolicy})");
                }
                catch (ContainerException e)
                {
                    // The others are not to stay down for one that can't be started.
                    code = Fail(e);
                }
            }
            return code;
        }
        catch (ContainerException e)
        {
            return Fail(e);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
    }

    private static int Fail(ContainerException error)
    {
        Console.Error.WriteLine($"containerchaos: {error.Message}{(error.Remedy is { Length: > 0 } remedy ? " " + remedy : "")}");
        return ExitCode.EngineError;
    }
}
