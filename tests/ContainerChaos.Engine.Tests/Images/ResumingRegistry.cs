using System.Net;

namespace ContainerChaos.Engine.Tests;

/// <summary>
/// A registry that keeps what it has of an upload that was cut off (distribution-spec, "Pushing a blob in chunks"), which Debian's
/// docker-registry does not. It takes one image and gives none.
/// </summary>
internal sealed class ResumingRegistry : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, MemoryStream> _uploads = [];

    public ResumingRegistry()
    {
        Port = Registry.FreePort();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port { get; }

    /// <summary>The blobs that are complete, by digest, each with as many bytes as were sent for it in all requests that counted.</summary>
    public Dictionary<string, byte[]> Blobs { get; } = [];

    /// <summary>Where each request to go on with an upload began, if not at its beginning.</summary>
    public List<long> Resumed { get; } = [];

    /// <summary>The manifest, when there is one.</summary>
    public byte[]? Manifest { get; private set; }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => Answer(context));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var (request, path) = (context.Request, context.Request.Url!.AbsolutePath);
        try
        {
            context.Response.StatusCode = (request.HttpMethod, path) switch
            {
                ("GET", "/v2/") => 200,
                ("HEAD", _) => Has(path) ? 200 : 404,
                ("POST", _) => Begin(context.Response),
                ("PATCH", _) => GoOn(Path.GetFileName(path), request, context.Response),
                ("GET", _) => Tell(Path.GetFileName(path), context.Response),
                ("PUT", _) when path.Contains("/manifests/", StringComparison.Ordinal) => Finish(request),
                ("PUT", _) => End(Path.GetFileName(path), request.QueryString["digest"]!),
                _ => 405,
            };
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            context.Response.Abort();
        }
    }

    private bool Has(string path)
    {
        lock (_uploads)
            return Blobs.ContainsKey(Path.GetFileName(path));
    }

    private int Begin(HttpListenerResponse response)
    {
        lock (_uploads)
        {
            var id = $"{_uploads.Count}";
            _uploads[id] = new MemoryStream();
            response.RedirectLocation = $"/v2/app/blobs/uploads/{id}";
            return 202;
        }
    }

    private int GoOn(string id, HttpListenerRequest request, HttpListenerResponse response)
    {
        var upload = Find(id);
        lock (upload)
        {
            var first = long.Parse(request.Headers["Content-Range"]!.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture);
            if (first != upload.Length)
                return 416;
            if (first > 0)
                Resumed.Add(first);
            // What has come before it is cut off stays.
            request.InputStream.CopyTo(upload);
            Describe(id, upload, response);
            return 202;
        }
    }

    private int Tell(string id, HttpListenerResponse response)
    {
        var upload = Find(id);
        lock (upload)
            Describe(id, upload, response);
        return 204;
    }

    private int End(string id, string digest)
    {
        var content = Find(id).ToArray();
        if (ContentDigest.Of(content) != digest)
            return 400;
        lock (_uploads)
            Blobs[digest] = content;
        return 201;
    }

    private int Finish(HttpListenerRequest request)
    {
        using var content = new MemoryStream();
        request.InputStream.CopyTo(content);
        Manifest = content.ToArray();
        return 201;
    }

    private MemoryStream Find(string id)
    {
        lock (_uploads)
            return _uploads[id];
    }

    private static void Describe(string id, MemoryStream upload, HttpListenerResponse response)
    {
        response.RedirectLocation = $"/v2/app/blobs/uploads/{id}";
        response.Headers["Range"] = $"0-{Math.Max(0, upload.Length - 1)}";
    }
}
