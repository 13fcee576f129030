using System.Net;
using System.Net.Sockets;
using System.Text;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios;

/// <summary>A request to any service that this host reaches: its status, its body, and how long it takes. Neither redirections nor proxies are followed.</summary>
/// <param name="Url">Where it goes, http or https.</param>
public sealed record UrlProbe(Uri Url) : ScenarioProbe
{
    private const int MostKept = 1 << 20;

    /// <summary>The method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>The headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The body; null for none.</summary>
    public string? Body { get; init; }

    /// <inheritdoc/>
    public override string Kind => "http";

    /// <inheritdoc/>
    internal override ProbeReading Look(ProbeSubject subject, CancellationToken cancellationToken)
    {
        try
        {
            return LookAsync(cancellationToken).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            return ProbeReading.Failed(e.Message);
        }
    }

    private async Task<ProbeReading> LookAsync(CancellationToken cancellationToken)
    {
        long began = MonotonicClock.Now;
        // A socket is of the network of the thread that makes it, and only this one is in the trial's.
        using Socket socket = Connect(cancellationToken);
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new NetworkStream(socket)),
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
        };
        using var client = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        using HttpRequestMessage request = ToRequest();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        byte[] body = new byte[MostKept];
        using Stream content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        int length = await content.ReadAtLeastAsync(body, MostKept, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return new ProbeReading()
            .With("status", ToleranceUnit.Number, (int)response.StatusCode)
            .With("latency", ToleranceUnit.Time, (MonotonicClock.Now - began) / 1e6)
            .With("body", Encoding.UTF8.GetString(body, 0, length));
    }

    private HttpRequestMessage ToRequest()
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), Url);
        if (Body is not null)
        {
            request.Content = new StringContent(Body);
            request.Content.Headers.Clear();
        }

        foreach ((string name, string value) in Headers)
            if (!request.Headers.TryAddWithoutValidation(name, value))
                (request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private Socket Connect(CancellationToken cancellationToken)
    {
        SocketException? failure = null;
        foreach (IPAddress address in Dns.GetHostAddressesAsync(Url.IdnHost, cancellationToken).GetAwaiter().GetResult())
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.ConnectAsync(address, Url.Port, cancellationToken).AsTask().GetAwaiter().GetResult();
                return socket;
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (e is not SocketException refused)
                    throw;
                failure = refused;
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }
}
