using System.Diagnostics;

namespace ContainerChaos.Clients.Tests;

/// <summary>One command of a client, to its end.</summary>
internal static class ClientProcess
{
    // A client that waits for a runtime which does not answer would wait for ever.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    internal static ClientResult Run(string program, IEnumerable<string> arguments, string? directory = null, bool keepsInput = false)
    {
        var command = $"{Path.GetFileName(program)} {string.Join(' ', arguments)}";
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        })!;
        if (!keepsInput)
            process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Limit) || !Task.WaitAll([output, errors], Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{command}' did not end within {Limit.TotalSeconds} s.");
        }
        return new ClientResult(command, process.ExitCode, output.Result, WithoutWarnings(errors.Result));
    }

    /// <summary>Runs it on a terminal of 30 rows and 100 columns, that script(1) makes.</summary>
    internal static ClientResult RunOnTerminal(string program, IEnumerable<string> arguments)
    {
        var line = string.Join(' ', arguments.Prepend(program).Select(word => $"'{word.Replace("'", @"'\''")}'"));
        // At the end of its input script(1) types one on the terminal, which would be seen.
        var result = Run("script", ["-qefc", $"stty rows 30 cols 100; {line}", "/dev/null"], keepsInput: true);
        return result with { Output = WithoutWarnings(result.Output.Replace("\r", "")) };
    }

    /// <summary>A limit that the host can't give is warned of, where the container's own errors go, or on its terminal.</summary>
    private static string WithoutWarnings(string text) =>
        string.Join('\n', text.Split('\n').Where(line => !line.Contains("ccrun: warning: ", StringComparison.Ordinal)));
}
