using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Differential.Tests;

/// <summary>A program that serves until it is disposed, and says on its log when it does.</summary>
internal sealed class Daemon : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly List<string> _log = [];
    private bool _hasEnded;

    public Daemon(string program, IEnumerable<string> arguments, string ready, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += Note;
        _process.Start();
        _process.BeginErrorReadLine();
        try
        {
            Await(ready);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        const int SIGTERM = 15;
        using (var process = PidFd.TryOpen(_process.Id))
            process?.SendSignal(SIGTERM);
        if (!_process.WaitForExit(s_patience))
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Await(string ready)
    {
        var waited = Stopwatch.StartNew();
        lock (_log)
        {
            while (!_log.Exists(line => line.Contains(ready, StringComparison.Ordinal)))
            {
                var left = s_patience - waited.Elapsed;
                if (_hasEnded || left <= TimeSpan.Zero || !Monitor.Wait(_log, left))
                    throw new InvalidOperationException($"{_process.StartInfo.FileName} does not serve:\n{string.Join('\n', _log.TakeLast(30))}");
            }
        }
    }

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            if (line.Data is null)
                _hasEnded = true;
            else
                _log.Add(line.Data);
            Monitor.PulseAll(_log);
        }
    }
}
