using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace ContainerChaos.Engine.Tests;

/// <summary>
/// Gives out tokens for docker-registry, signed with a key of its own (distribution's token authentication: RFC 7519 with an <c>access</c>
/// claim). Anybody may pull; only <c>me</c> may push.
/// </summary>
internal sealed class TokenServer : IDisposable
{
    private const string Issuer = "the test", Service = "the registry";

    private readonly HttpListener _listener = new();
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;
    private readonly string _certificatePath;
    private readonly string _realm;

    public TokenServer(string directory)
    {
        var request = new CertificateRequest("CN=token", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _certificatePath = Path.Combine(directory, "token.pem");
        File.WriteAllText(_certificatePath, _certificate.ExportCertificatePem());
        _realm = $"http://127.0.0.1:{Registry.FreePort()}/";
        _listener.Prefixes.Add(_realm);
        _listener.Start();
        _ = ServeAsync();
    }

    /// <summary>What makes a registry ask for its tokens.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["REGISTRY_AUTH"] = "token",
        ["REGISTRY_AUTH_TOKEN_REALM"] = _realm + "token",
        ["REGISTRY_AUTH_TOKEN_SERVICE"] = Service,
        ["REGISTRY_AUTH_TOKEN_ISSUER"] = Issuer,
        ["REGISTRY_AUTH_TOKEN_ROOTCERTBUNDLE"] = _certificatePath,
    };

    /// <summary>What was asked for: a user, if any, and a scope.</summary>
    public List<string> Asked { get; } = [];

    public void Dispose()
    {
        _listener.Close();
        _certificate.Dispose();
        _key.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                Answer(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var (query, user) = (context.Request.QueryString, UserOf(context.Request.Headers["Authorization"]));
        var scope = query["scope"] ?? "";
        lock (Asked)
            Asked.Add($"{user} {scope}");
        // A wrong password is refused; nobody in particular may read.
        context.Response.StatusCode = user == "?" || query["service"] != Service ? 401 : 200;
        var answer = context.Response.StatusCode == 401
            ? """{"errors":[{"code":"UNAUTHORIZED","message":"who are you?"}]}"""
            : JsonSerializer.Serialize(new { token = Sign(scope, user) });
        context.Response.Close(Encoding.UTF8.GetBytes(answer), willBlock: true);
    }

    private static string UserOf(string? authorization) => authorization is null
        ? "anybody"
        : Encoding.UTF8.GetString(Convert.FromBase64String(authorization["Basic ".Length..])) == "me:secret" ? "me" : "?";

    private string Sign(string scope, string user)
    {
        var now = DateTimeOffset.UtcNow;
        // repository:NAME:pull,push, where NAME may have a port in it.
        var parts = scope.Split(':');
        var access = scope.Length == 0
            ? []
            : new[] { new { type = parts[0], name = string.Join(':', parts[1..^1]), actions = parts[^1].Split(',').Where(action => action == "pull" || user == "me").ToArray() } };
        var header = Encode(JsonSerializer.SerializeToUtf8Bytes(new { typ = "JWT", alg = "RS256", x5c = new[] { Convert.ToBase64String(_certificate.RawData) } }));
        var claims = Encode(JsonSerializer.SerializeToUtf8Bytes(new
        {
            iss = Issuer,
            sub = user,
            aud = Service,
            exp = now.AddMinutes(5).ToUnixTimeSeconds(),
            nbf = now.AddMinutes(-5).ToUnixTimeSeconds(),
            iat = now.ToUnixTimeSeconds(),
            jti = Guid.NewGuid().ToString(),
            access,
        }));
        return $"{header}.{claims}.{Encode(_key.SignData(Encoding.ASCII.GetBytes($"{header}.{claims}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Encode(byte[] content) => Convert.ToBase64String(content).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
