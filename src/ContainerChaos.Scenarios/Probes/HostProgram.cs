using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios;

/// <summary>Runs a program of the host to its end: without a shell, without input, with a limit of its time and of what is kept of its output.</summary>
internal static class HostProgram
{
    private const int MostKept = 1 << 20;

    /// <summary>Runs it; it knows the container by <c>CONTAINERCHAOS_CONTAINER</c> and where that listens by <c>CONTAINERCHAOS_ENDPOINT</c>.</summary>
    /// <exception cref="ContainerException">InvalidArgument: there is no such program.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. The program and what it has started are killed.</exception>
    internal static ProbeReading Run(IReadOnlyList<string> command, ProbeSubject subject, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CONTAINERCHAOS_CONTAINER"] = subject.Engine.Get(subject.Id).Name;
        start.Environment["CONTAINERCHAOS_ENDPOINT"] = subject.EndPoint.ToString();
        // Our own programs find the container in the same place.
        start.Environment["CONTAINERCHAOS_ROOT"] = subject.Engine.Options.DataRoot;
        start.Environment["CONTAINERCHAOS_RUN"] = subject.Engine.Options.RunRoot;
        long began = MonotonicClock.Now;
        using Process process = Start(start);
        process.StandardInput.Close();
        Task<string> output = ReadAsync(process.StandardOutput), error = ReadAsync(process.StandardError);
        try
        {
            Task.WhenAll(process.WaitForExitAsync(cancellationToken), output, error).WaitAsync(cancellationToken).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ProbeReading()
            .With("exit-code", ToleranceUnit.Number, process.ExitCode)
            .With("latency", ToleranceUnit.Time, (MonotonicClock.Now - began) / 1e6)
            .With("output", output.Result)
            .With("error", error.Result);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ContainerException(ErrorReason.InvalidArgument, $"The program {start.FileName} can't be run: {e.Message}", start.FileName, e)
            {
                Remedy = "Give its path, or the name of one that is in PATH.",
            };
        }
    }

    // To the end, whatever is kept of it: who isn't read to can't end.
    private static async Task<string> ReadAsync(StreamReader reader)
    {
        var kept = new StringBuilder();
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var length)
            kept.Append(buffer, 0, Math.Min(length, MostKept - kept.Length));
        return kept.ToString().TrimEnd('\n');
    }
}
