using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Host;

/// <summary>ccrun's verbs, and how its errors leave the process. What a verb does lives in the floors below.</summary>
internal static class CommandLine
{
    internal static int Dispatch(ReadOnlySpan<string> arguments)
    {
        string? root = null;
        while (arguments is ["--root", var directory, ..])
        {
            root = directory;
            arguments = arguments[2..];
        }
        try
        {
            return arguments switch
            {
                [MonitorProgram.DetachVerb, .. var rest] => MonitorProgram.Detach(rest.ToArray()),
                [MonitorProgram.Verb, .. var rest] => MonitorProgram.Run(rest.ToArray()),
                ["run", .. var rest] => RunCommand.Execute(root, rest.ToArray()),
                ["--version" or "-v"] => Print($"ccrun {typeof(CommandLine).Assembly.GetName().Version?.ToString(3)}\nspec: 1.2.0\n"),
                _ => Fail(RunCommand.Usage, 2),
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

    private static int Print(string text)
    {
        Write(1, text);
        return 0;
    }

    private static int Fail(string message, int exitCode)
    {
        Write(2, $"ccrun: {message}\n");
        return exitCode;
    }

    /// <summary>System.Console would bring its encodings and terminal handling into every monitor's image.</summary>
    private static void Write(int stream, string text)
    {
        using var descriptor = new FileDescriptor(stream);
        descriptor.Write(System.Text.Encoding.UTF8.GetBytes(text));
    }
}
