using System.Net;
using System.Net.Sockets;

namespace ContainerChaos.Scenarios.Load;

/// <summary>A load on any service, for a time that is known beforehand.</summary>
public static class LoadTest
{
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1), s_told = TimeSpan.FromMilliseconds(250);

    /// <summary>What to send where a URI says.</summary>
    /// <param name="load">The load.</param>
    /// <param name="uri">The service: http, with a host name or an address; its path is the load's own affair.</param>
    /// <param name="unixSocket">The Unix socket that it listens at; null for the URI's host and port.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentException">The URI is not http, or the socket's path is longer than 108 bytes.</exception>
    /// <exception cref="SocketException">The host has no address.</exception>
    public static LoadOptions OptionsOf(ScenarioLoad load, Uri uri, string? unixSocket = null)
    {
        ArgumentNullException.ThrowIfNull(load);
        ArgumentNullException.ThrowIfNull(uri);
        if (!uri.IsAbsoluteUri || uri.Scheme != Uri.UriSchemeHttp)
            throw new ArgumentException($"The load goes to http://HOST[:PORT]/PATH, and not to '{uri}'.", nameof(uri));
        return load.To(unixSocket is null ? AddressOf(uri) : new UnixDomainSocketEndPoint(unixSocket)) with { Host = uri.Authority };
    }

    /// <summary>Runs a load.</summary>
    /// <param name="options">What is sent.</param>
    /// <param name="duration">For how long: above 0, at most an hour. A threshold may end it before.</param>
    /// <param name="told">Is called four times a second, on the caller's thread, with what is left of the time, what was answered and what has failed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What it did and saw.</returns>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static LoadResult Run(LoadOptions options, TimeSpan duration, Action<TimeSpan, long, long> told, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(told);
        if (duration <= TimeSpan.Zero || duration > s_longest)
            throw new ArgumentException($"The duration {duration} is not above 0 and at most 1 h.", nameof(duration));
        using var tally = new Tally();
        using var load = OpenLoopLoad.Start(options, tally);
        long end = MonotonicClock.Now + (duration.Ticks * 100);
        while (TimeSpan.FromTicks((end - MonotonicClock.Now) / 100) is var left && left > TimeSpan.Zero)
        {
            if (WaitHandle.WaitAny([tally.Aborted, cancellationToken.WaitHandle], left < s_told ? left : s_told) != WaitHandle.WaitTimeout)
                break;
            told(left, tally.Succeeded, tally.Failed);
        }

        LoadResult result = load.Stop();
        cancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    private static IPEndPoint AddressOf(Uri uri)
    {
        IPAddress[] addresses = Dns.GetHostAddresses(uri.IdnHost);
        // A service that listens at one address only more often does so at that of version 4.
        return new IPEndPoint(Array.Find(addresses, address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0], uri.Port);
    }

    private sealed class Tally : ILoadObserver, IDisposable
    {
        private readonly ManualResetEvent _aborted = new(false);
        private long _succeeded, _failed;

        internal WaitHandle Aborted => _aborted;

        internal long Succeeded => Interlocked.Read(ref _succeeded);

        internal long Failed => Interlocked.Read(ref _failed);

        public void OnSample(in LoadSample sample) => Interlocked.Increment(ref sample.Succeeded ? ref _succeeded : ref _failed);

        public void OnAbort(ThresholdVerdict verdict) => _aborted.Set();

        public void Dispose() => _aborted.Dispose();
    }
}
