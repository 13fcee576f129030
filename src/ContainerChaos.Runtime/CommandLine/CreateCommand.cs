using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary><c>create</c>: makes a container whose first process waits for <c>start</c>.</summary>
internal static class CreateCommand
{
    internal static int Execute(GlobalOptions global, ReadOnlySpan<string> arguments)
    {
        var options = new CreateOptions();
        var parser = CreateOptions.Parser("create", options);
        if (parser.Parse(arguments) is not { } operands)
            return 0;
        options.Id = parser.Id(operands);
        var creation = new ContainerCreation(global, options);
        using var console = ConsoleOf(creation.Spec.Process, options.ConsoleSocket);
        var (_, process) = creation.Start(waitsForStart: true, OwnStreams.Streams with { ConsoleSocket = console });
        process.Process.Dispose();
        return 0;
    }

    /// <summary>The socket that gets the terminal of a container that is left alone.</summary>
    /// <exception cref="ContainerException">A terminal without a socket, or a socket without a terminal.</exception>
    internal static ConsoleSocket? ConsoleOf(ProcessSpec? process, string? path)
    {
        var terminal = process?.Terminal == true;
        if (terminal != path is not null)
        {
            throw new ContainerException(
                ErrorReason.InvalidArgument,
                terminal ? "process.terminal: cannot allocate a tty for a detached container without --console-socket." : "--console-socket: the process asks for no terminal.");
        }
        try
        {
            return path is null ? null : ConsoleSocket.Connect(path);
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(ErrorReason.InvalidArgument, $"--console-socket: {e.Message}.", path, e) { Errno = e.Errno };
        }
    }
}
