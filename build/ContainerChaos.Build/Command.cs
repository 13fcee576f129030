using System.Diagnostics;
using System.Text;

namespace ContainerChaos.Build;

/// <summary>Runs other programs: quietly, with their output shown when they fail, or in the foreground.</summary>
internal static class Command
{
    /// <summary>Runs a program with its output captured.</summary>
    /// <returns>The exit code, and standard output and error as they came; exit code 124 after the timeout (its whole tree is killed).</returns>
    public static (int ExitCode, string Output) Capture(
        string program, IEnumerable<string> arguments, string? directory = null, TimeSpan? timeout = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = Start(program, arguments, directory, environment);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        var output = new StringBuilder();
        void Append(object sender, DataReceivedEventArgs data)
        {
            lock (output)
            {
                if (data.Data is not null)
                {
                    output.Append(data.Data).Append('\n');
                }
            }
        }

        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        Launch(process);
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(timeout ?? Timeout.InfiniteTimeSpan))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(5));
            lock (output)
            {
                return (124, output.Append($"killed after {timeout!.Value.TotalSeconds:0} s\n").ToString());
            }
        }

        // The output is complete once both pipes are closed; a daemon that inherited one must not hold the build up.
        process.WaitForExit(TimeSpan.FromSeconds(5));
        lock (output)
        {
            return (process.ExitCode, output.ToString());
        }
    }

    /// <summary>Runs a program that must succeed; throws with its output if it does not.</summary>
    public static string Run(string program, IEnumerable<string> arguments, string? directory = null)
    {
        var list = arguments.ToArray();
        var (exitCode, output) = Capture(program, list, directory);
        return exitCode == 0
            ? output
            : throw new BuildException($"{output.TrimEnd()}\n\n'{program} {string.Join(' ', list)}' failed with exit code {exitCode}.");
    }

    /// <summary>Runs a program on this terminal and returns its exit code.</summary>
    public static int Foreground(string program, IEnumerable<string> arguments, string? directory = null)
    {
        using var process = new Process { StartInfo = Start(program, arguments, directory, null) };
        Launch(process);
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>The absolute path of a program on PATH (or in sbin), or null.</summary>
    public static string? Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private static ProcessStartInfo Start(
        string program, IEnumerable<string> arguments, string? directory, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, WorkingDirectory = directory ?? "" };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static void Launch(Process process)
    {
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new BuildException($"cannot start {process.StartInfo.FileName}: {failure.Message}");
        }
    }
}
