using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>A command that runs inside a container.</summary>
public sealed class ExecSession : IDisposable
{
    private readonly MonitorClient _client;

    internal ExecSession(MonitorClient client, int pid)
    {
        _client = client;
        Pid = pid;
    }

    /// <summary>The host's PID of the command.</summary>
    public int Pid { get; }

    /// <summary>Waits until the command ends.</summary>
    /// <returns>The exit code, 128+n after signal n.</returns>
    /// <exception cref="ContainerException"><see cref="ErrorReason.MonitorLost"/>: the monitor ended first.</exception>
    public int WaitForExit(CancellationToken cancellation = default) =>
        _client.Receive(cancellation)?.ExitCode
        ?? throw new ContainerException(ErrorReason.MonitorLost, "The container's monitor ended before the command did.");

    /// <summary>Lets go of the command; it runs on.</summary>
    public void Dispose() => _client.Dispose();
}
