using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ContainerChaos.Benchmarks.Peers;
using ContainerChaos.Linux;

namespace ContainerChaos.Benchmarks.Measures;

/// <summary>One TCP stream from the host into a container: to its own address, to a published port that the kernel translates, and to one that a proxy serves.</summary>
internal static class ThroughputMeasure
{
    private const int FirstPort = 18080, ContainerPort = 80, BufferSize = 256 * 1024;

    /// <summary>Many short streams in turn: what else the machine does then weighs on all of them alike, where a few long ones differ by half.</summary>
    private const int StreamsPerRound = 4;

    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(200);

    public static Measure Take(IReadOnlyList<Peer> peers, int rounds, CancellationToken cancellationToken)
    {
        var measure = new Measure("throughput", "one TCP stream into a container", "Gbit/s");
        var containers = new List<PublishedContainer>();
        var sinks = new List<Sink>();
        var contenders = new List<Contender>();
        try
        {
            foreach (var peer in peers)
            {
                var port = FirstPort + containers.Count;
                try
                {
                    if (peer.StartPublished(port) is not { } container)
                    {
                        continue;
                    }

                    containers.Add(container);
                    sinks.Add(new Sink(container.Pid));
                    contenders.Add(new Contender($"{peer.Name} direct", () => Stream(container.IPAddress, ContainerPort)));
                    contenders.Add(new Contender($"{peer.Name} kernel", () => Stream(OwnHost.Address, port)));
                    contenders.Add(new Contender($"{peer.Name} proxy", () => Stream("127.0.0.1", port)));
                }
                catch (InvalidOperationException failure)
                {
                    measure.Absent[peer.Name] = failure.Message;
                }
            }

            Interleaving.Run(measure, contenders, rounds * StreamsPerRound, cancellationToken);
        }
        finally
        {
            sinks.ForEach(sink => sink.Dispose());
            containers.ForEach(container => container.Dispose());
        }

        return measure;
    }

    /// <summary>Sends for a while, and waits for the other side to say that it has read all of it.</summary>
    private static double? Stream(string address, int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Parse(address), port);
        var buffer = new byte[BufferSize];
        long sent = 0;
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Duration)
        {
            sent += socket.Send(buffer);
        }

        socket.Shutdown(SocketShutdown.Send);
        socket.Receive(buffer);
        return sent * 8 / Stopwatch.GetElapsedTime(began).TotalSeconds / 1e9;
    }

    /// <summary>Reads whatever comes to port 80 of a container, from a thread of this process in the container's network.</summary>
    private sealed class Sink : IDisposable
    {
        private readonly Socket listener;
        private readonly Thread thread;

        public Sink(int pid)
        {
            using var space = NetworkNamespace.TryOpen(pid) ?? throw new InvalidOperationException($"process {pid} has ended");
            listener = space.Run(() =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Any, ContainerPort));
                socket.Listen();
                return socket;
            });
            thread = new Thread(Serve) { IsBackground = true };
            thread.Start();
        }

        public void Dispose()
        {
            listener.Dispose();
            thread.Join();
        }

        private void Serve()
        {
            var buffer = new byte[BufferSize];
            try
            {
                while (true)
                {
                    using var connection = listener.Accept();
                    while (connection.Receive(buffer) > 0)
                    {
                    }

                    connection.Send(buffer.AsSpan(0, 1));
                }
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
                // Closed.
            }
        }
    }
}
