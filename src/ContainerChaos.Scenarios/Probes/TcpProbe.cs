using System.Diagnostics;
using System.Net;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Scenarios;

/// <summary>A connection from inside the container's network, and how long it takes to stand.</summary>
/// <param name="Port">The port, of the container's loopback.</param>
public sealed record TcpProbe(int Port) : ScenarioProbe
{
    internal static readonly ToleranceGrammar Grammar = new("a tolerance of a connection", "'latency < 50ms'", new ToleranceTerm("latency", ToleranceUnit.Time));

    /// <inheritdoc/>
    public override string Kind => "tcp";

    /// <inheritdoc/>
    internal override ProbeReading Look(ProbeSubject subject, CancellationToken cancellationToken)
    {
        Container container = subject.Engine.Get(subject.Id);
        if (container.Pid is not { } pid || PidFd.TryOpen(pid) is not { } process)
            return ProbeReading.Failed($"it is {container.State.ToString().ToLowerInvariant()}");
        using (process)
        {
            try
            {
                long began = Stopwatch.GetTimestamp();
                using InternetSocket socket = ContainerSocket.BeginConnect(process, pid, new IPEndPoint(IPAddress.Loopback, Port));
                EventPoll.WaitFor(socket, EventPollFlags.EPOLLOUT, cancellationToken);
                Errno error = socket.TakeError();
                return error == Errno.None
                    ? new ProbeReading().With("latency", ToleranceUnit.Time, Stopwatch.GetElapsedTime(began).TotalMilliseconds)
                    : ProbeReading.Failed(ErrnoException.Describe(error));
            }
            catch (ErrnoException e)
            {
                return ProbeReading.Failed(ErrnoException.Describe(e.Errno));
            }
        }
    }
}
