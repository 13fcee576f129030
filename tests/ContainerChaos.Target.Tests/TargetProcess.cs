using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace ContainerChaos.Target.Tests;

/// <summary>A running target: its lines, its signals, its end. Killed when the test is over.</summary>
internal sealed partial class TargetProcess : IDisposable
{
    public const int SIGKILL = 9;
    public const int SIGTERM = 15;

    /// <summary>How long anything may take before the test is called hung.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource _errorsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TargetProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) _lines.Writer.TryComplete();
            else _lines.Writer.TryWrite(line.Data);
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) _errorsEnded.TrySetResult();
            else _errors.Enqueue(line.Data);
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts the target with these arguments.</summary>
    public static TargetProcess Start(params string[] arguments) => StartUnder([], TargetBinary.Path, arguments);

    /// <summary>Starts the target through other programs, unshare say.</summary>
    public static TargetProcess StartUnder(string[] launcher, string binary, params string[] arguments)
    {
        string[] command = [.. launcher, binary, .. arguments];
        return new TargetProcess(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true });
    }

    /// <summary>Runs a command to its end.</summary>
    public static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using TargetProcess process = Start(arguments);
        int code = process.WaitForExit();
        return (code, process.RestOfOutput(), process.RestOfErrors());
    }

    public string NextLine()
    {
        using var patience = new CancellationTokenSource(Patience);
        return _lines.Reader.ReadAsync(patience.Token).AsTask().GetAwaiter().GetResult();
    }

    public void Signal(int signal) => Kill(Pid, signal);

    /// <summary>The exit code; 128 + n for signal n. Does not wait for the end of the output, which a child may still hold.</summary>
    public int WaitForExit() => _process.WaitForExit(Patience) ? _process.ExitCode : throw new TimeoutException($"{_process.StartInfo.FileName} has not ended");

    /// <summary>The one child, which has to be there already.</summary>
    public int ChildPid() => int.Parse(File.ReadAllText($"/proc/{Pid}/task/{Pid}/children").Split(' ')[0]);

    public static void Kill(int pid, int signal)
    {
        if (NativeKill(pid, signal) != 0) throw new InvalidOperationException($"kill {pid} {signal}: errno {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>A signal set (SigIgn, SigCgt, SigBlk) of /proc/PID/status.</summary>
    public static ulong SignalMask(int pid, string field) =>
        Convert.ToUInt64(File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split('\t')[1], 16);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit(Patience);
        _process.Dispose();
    }

    private string RestOfOutput()
    {
        var lines = new List<string>();
        using var patience = new CancellationTokenSource(Patience);
        while (_lines.Reader.WaitToReadAsync(patience.Token).AsTask().GetAwaiter().GetResult())
        {
            while (_lines.Reader.TryRead(out string? line)) lines.Add(line);
        }

        return string.Join('\n', lines);
    }

    private string RestOfErrors()
    {
        _errorsEnded.Task.WaitAsync(Patience).GetAwaiter().GetResult();
        return string.Join('\n', _errors);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int NativeKill(int pid, int signal);
}
