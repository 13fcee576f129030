using System.Runtime.InteropServices;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Waits for a process in the foreground, and passes on the signals that the caller gets meanwhile.</summary>
internal static class ForegroundWait
{
    private static readonly (PosixSignal Signal, int Number)[] Forwarded =
    [
        (PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3), (PosixSignal.SIGTERM, 15),
        ((PosixSignal)10, 10), ((PosixSignal)12, 12),
    ];

    /// <summary>Waits, relays a terminal if there is one, and reaps the process.</summary>
    /// <returns>Its exit code, 128+n after signal n.</returns>
    internal static int Until(PidFd process, TerminalRelay? relay)
    {
        // The handlers' thread is started after the clone: a signal is rare, and the start is not to wait for it.
        var registrations = new List<PosixSignalRegistration>(Forwarded.Length);
        foreach (var (signal, number) in Forwarded)
        {
            registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                process.SendSignal(number);
            }));
        }
        relay?.Run(process);
        var exitCode = process.WaitForExit();
        foreach (var registration in registrations)
            registration.Dispose();
        return exitCode;
    }
}
