using System.Net;
using System.Net.Sockets;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Tests.Load;

/// <summary>
/// The observer that has nothing in common with the load generator: a thread that connects, asks and waits for the answer, again and again, with blocking
/// calls of the class library, and notes when each attempt began and ended.
/// </summary>
internal sealed class ServicePoller : IDisposable
{
    private const int PauseMilliseconds = 1;

    private readonly Func<EndPoint?> _endPoint;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private readonly List<Attempt> _attempts = [];

    /// <summary>Starts it.</summary>
    /// <param name="endPoint">Where the service is; null as long as nobody knows.</param>
    internal ServicePoller(Func<EndPoint?> endPoint)
    {
        _endPoint = endPoint;
        _thread = new Thread(Run) { IsBackground = true, Name = "observer" };
        _thread.Start();
    }

    internal IReadOnlyList<Attempt> Stop()
    {
        _stop.Set();
        _thread.Join();
        return _attempts;
    }

    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    /// <summary>What it saw of one outage: the attempts on both sides of both of its ends; null when it fell between two of its looks.</summary>
    internal static Outage? Between(IReadOnlyList<Attempt> attempts, long from, long until)
    {
        int first = IndexOf(0, a => !a.Succeeded && a.End >= from && a.End <= until);
        int up = first <= 0 ? -1 : IndexOf(first, a => a.Succeeded);
        return up < 0 ? null : new Outage(attempts[first - 1], attempts[first], attempts[up - 1], attempts[up]);

        int IndexOf(int start, Func<Attempt, bool> matches)
        {
            for (int i = start; i < attempts.Count; i++)
                if (matches(attempts[i]))
                    return i;
            return -1;
        }
    }

    private void Run()
    {
        var buffer = new byte[512];
        while (!_stop.Wait(PauseMilliseconds))
        {
            if (_endPoint() is not { } endPoint)
                continue;
            long begin = MonotonicClock.Now;
            bool succeeded = false;
            try
            {
                using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 1000 };
                socket.Connect(endPoint);
                socket.Send("GET /healthz HTTP/1.1\r\nHost: observer\r\n\r\n"u8);
                succeeded = socket.Receive(buffer) > 12 && buffer.AsSpan().StartsWith("HTTP/1.1 200"u8);
            }
            catch (SocketException)
            {
            }

            _attempts.Add(new Attempt(begin, MonotonicClock.Now, succeeded));
        }
    }

    internal readonly record struct Attempt(long Begin, long End, bool Succeeded);

    internal readonly record struct Outage(Attempt LastSuccess, Attempt FirstFailure, Attempt LastFailure, Attempt FirstSuccess)
    {
        /// <summary>By how much it can't tell how long it was.</summary>
        internal long Blur => FirstFailure.End - LastSuccess.Begin + FirstSuccess.End - LastFailure.Begin;

        internal long Length => FirstSuccess.End - FirstFailure.End;
    }
}
