using System.Diagnostics;

namespace ContainerChaos.Benchmarks;

/// <summary>Runs the peers' command lines; all of them pay the same price for being started from here.</summary>
internal static class Shell
{
    /// <summary>Runs a program to its end and returns its standard output; throws with its standard error when it fails.</summary>
    public static string Run(string program, params IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"{Path.GetFileName(program)} {string.Join(' ', arguments)}: exit code {process.ExitCode}: {error.Result.Trim()}");
    }

    /// <summary>Runs a program whose output nobody reads: a container that it leaves behind may keep the streams.</summary>
    public static void RunQuietly(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start("sh", ["-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "sh", program, .. arguments]);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{Path.GetFileName(program)} {string.Join(' ', arguments)}: exit code {process.ExitCode}");
        }
    }

    /// <summary>Starts a program with its streams captured.</summary>
    public static Process Start(string program, params IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        RedirectStandardInput = true,
    })!;

    /// <summary>Runs a clean-up command whose failure changes nothing.</summary>
    public static void Try(string program, params IEnumerable<string> arguments)
    {
        try
        {
            Run(program, arguments);
        }
        catch (Exception failure) when (failure is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine($"clean-up: {failure.Message}");
        }
    }

    public static string? Find(string program) =>
        $"/usr/bin:/usr/sbin:/sbin:{Environment.GetEnvironmentVariable("PATH")}".Split(':')
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
