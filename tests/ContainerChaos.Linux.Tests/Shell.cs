using System.Diagnostics;

namespace ContainerChaos.Linux.Tests;

/// <summary>Programs of the host that set a test's scene.</summary>
internal static class Shell
{
    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors}");
    }

    /// <summary>Starts one of target's commands.</summary>
    public static Process Target(params string[] arguments) => Process.Start(new ProcessStartInfo(TestRoot.TargetPath, arguments) { RedirectStandardOutput = true })!;

    /// <summary>Ends a process that a test started, whatever became of it.</summary>
    public static void End(Process process)
    {
        if (!process.HasExited)
            process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
