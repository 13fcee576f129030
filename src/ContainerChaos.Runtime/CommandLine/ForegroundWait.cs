using System.Runtime.InteropServices;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// Waits for a process in the foreground, and passes on the signals that the caller gets from before the process was started: one
/// that comes while it starts would end this command and leave the process alone.
/// </summary>
internal sealed class ForegroundWait : IDisposable
{
    private static readonly (PosixSignal Signal, int Number)[] Forwarded =
    [
        (PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3), (PosixSignal.SIGTERM, 15),
        ((PosixSignal)10, 10), ((PosixSignal)12, 12),
    ];

    private readonly List<PosixSignalRegistration> _registrations = new(Forwarded.Length);
    private readonly Lock _lock = new();
    private readonly List<int> _early = [];
    private PidFd? _process;

    internal ForegroundWait()
    {
        foreach (var (signal, number) in Forwarded)
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Forward(number);
            }));
        }
    }

    /// <summary>Waits, relays a terminal if there is one, and reaps the process.</summary>
    /// <returns>Its exit code, 128+n after signal n.</returns>
    internal int Until(PidFd process, TerminalRelay? relay)
    {
        lock (_lock)
        {
            _process = process;
            foreach (var number in _early)
                process.SendSignal(number);
        }
        relay?.Run(process);
        return process.WaitForExit();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private void Forward(int number)
    {
        lock (_lock)
        {
            if (_process is null)
                _early.Add(number);
            else
                _process.SendSignal(number);
        }
    }
}
