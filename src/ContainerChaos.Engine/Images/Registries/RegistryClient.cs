using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Speaks with one registry about one repository (distribution-spec; the token protocol is that of distribution/distribution).</summary>
internal sealed partial class RegistryClient : IDisposable
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(15);

    private readonly RegistryAddress _address;
    private readonly RegistryOptions _options;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _signIn = new(1);
    private AuthenticationHeaderValue? _authorization;
    private Uri _base;

    public RegistryClient(RegistryAddress address, RegistryOptions options)
    {
        _address = address;
        _options = options;
        _base = new Uri($"https://{address.Authority}/v2/");
        var handler = new SocketsHttpHandler { ConnectTimeout = s_connectTimeout, AutomaticDecompression = DecompressionMethods.None };
        if (options.CertificatePath is { } path)
            handler.SslOptions.CertificateChainPolicy = Trust(path);
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("ContainerChaos/0.1");
    }

    /// <summary>Finds out how the registry is reached.</summary>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(_base, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (_address.IsLoopback || _options.AllowHttp)
        {
            // It does not speak TLS, or is not there; plain HTTP tells which.
            _base = new Uri($"http://{_address.Authority}/v2/");
            try
            {
                using var response = await _http.GetAsync(_base, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException plain)
            {
                throw Unreachable(plain.HttpRequestError == HttpRequestError.ConnectionError ? plain : e);
            }
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e);
        }
    }

    /// <summary>The address of something of the repository.</summary>
    public Uri Locate(string path) => new(_base, $"{_address.Repository}/{path}");

    /// <summary>The address that a registry has answered with, which may be relative.</summary>
    public Uri Locate(Uri location) => new(_base, location);

    /// <summary>Sends a request, and once more with the authorization that the registry asks for. The caller looks at the status.</summary>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var request = make();
            var used = _authorization;
            request.Headers.Authorization = used;
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.Unauthorized || attempt > 0)
                return response;
            using (response)
                await SignInAsync([.. response.Headers.WwwAuthenticate], used, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The error that an answer stands for, with what the registry says of it.</summary>
    public async Task<ContainerException> RefusedAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        var said = await ReadErrorAsync(response, cancellationToken).ConfigureAwait(false);
        var (reason, remedy) = response.StatusCode switch
        {
            HttpStatusCode.NotFound => (ErrorReason.ImageNotFound, $"Check repository and tag of '{_address}'."),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => (ErrorReason.PermissionDenied, "Give a -Credential that may do this, or log in to another account."),
            HttpStatusCode.TooManyRequests => (ErrorReason.RegistryError, "Wait a while, or give a -Credential: registries let known users do more."),
            _ => (ErrorReason.RegistryError, "Try again; if it stays, ask whoever runs the registry."),
        };
        return new ContainerException(reason, $"Registry {_address.Host} refused {what}: {(int)response.StatusCode}{said}.", _address.ToString()) { Remedy = remedy };
    }

    /// <summary>The error of a registry that can't be spoken to.</summary>
    public ContainerException Unreachable(Exception e) => new(
        ErrorReason.RegistryError, $"Cannot reach registry {_address.Host}: {(e.InnerException ?? e).Message.TrimEnd('.')}.", _address.ToString(), e)
    {
        Remedy = e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            ? "If its certificate is by an authority of your own, give that with -CertificatePath; if it has no TLS, give -AllowHttp."
            : "Check the name and the network; a transfer goes on where it stopped when it is tried again.",
    };

    public void Dispose()
    {
        _http.Dispose();
        _signIn.Dispose();
    }

    private async Task SignInAsync(AuthenticationHeaderValue[] challenges, AuthenticationHeaderValue? refused, CancellationToken cancellationToken)
    {
        await _signIn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Another transfer has done it meanwhile.
            if (!Equals(_authorization, refused))
                return;
            if (challenges.FirstOrDefault(challenge => challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) is { Parameter: { } parameter })
                _authorization = new AuthenticationHeaderValue("Bearer", await GetTokenAsync(parameter, cancellationToken).ConfigureAwait(false));
            else if (challenges.Any(challenge => challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) && _options.User is not null)
                _authorization = Basic();
        }
        finally
        {
            _signIn.Release();
        }
    }

    private async Task<string> GetTokenAsync(string challenge, CancellationToken cancellationToken)
    {
        var fields = Parameter().Matches(challenge).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.OrdinalIgnoreCase);
        if (!fields.TryGetValue("realm", out var realm) || !Uri.TryCreate(realm, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            throw Protocol("it asks for a token and does not say where to get one");
        // A password goes in the clear to nobody who was not spoken to in the clear.
        if (uri.Scheme == "http" && _base.Scheme == "https")
            throw Protocol($"it wants the password sent without TLS, to {uri.Host}");
        // Once for both, so that a push needs no second token between two requests.
        var query = string.Join('&', new[] { ("service", fields.GetValueOrDefault("service")), ("scope", fields.GetValueOrDefault("scope") ?? $"repository:{_address.Repository}:pull") }
            .Where(pair => pair.Item2 is not null).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(uri) { Query = uri.Query.TrimStart('?') is { Length: > 0 } own ? own + "&" + query : query }.Uri);
        if (_options.User is not null)
            request.Headers.Authorization = Basic();
        using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw await RefusedAsync(response, "a token", cancellationToken).ConfigureAwait(false);
        try
        {
            using var document = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
            if ((document.RootElement.TryGetProperty("token", out var token) || document.RootElement.TryGetProperty("access_token", out token)) && token.GetString() is { Length: > 0 } text)
                return text;
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw Protocol("the answer to a request for a token has none");
    }

    private AuthenticationHeaderValue Basic() => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_options.User}:{_options.Password}")));

    private ContainerException Protocol(string problem) =>
        new(ErrorReason.RegistryError, $"Registry {_address.Host} can't be used: {problem}.", _address.ToString()) { Remedy = "Ask whoever runs the registry." };

    private static async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using var document = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
            var first = document.RootElement.GetProperty("errors")[0];
            return $" ({first.GetProperty("code").GetString()}: {first.GetProperty("message").GetString()})";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or HttpRequestException or IOException)
        {
            return $" ({response.ReasonPhrase})";
        }
    }

    private X509ChainPolicy Trust(string path)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, TrustMode = X509ChainTrustMode.CustomRootTrust };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ContainerException(ErrorReason.InvalidArgument, $"'{path}' holds no certificates ({e.Message.TrimEnd('.')}).", path, e) { Remedy = "Give a PEM file with BEGIN CERTIFICATE in it." };
        }

        return policy;
    }

    [GeneratedRegex("""(?<name>[a-zA-Z_]+)="(?<value>[^"]*)"(?:,|\z)""")]
    private static partial Regex Parameter();
}
