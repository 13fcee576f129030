using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace ContainerChaos.Target.Tests;

/// <summary>A running <c>target serve</c> on a Unix socket in a directory of its own, and a client for it.</summary>
internal sealed class Service : IDisposable
{
    private readonly DirectoryInfo _directory;
    private readonly HttpClient _client;
    private readonly string _socket;

    private Service(DirectoryInfo directory, string socket, TargetProcess process)
    {
        _directory = directory;
        _socket = socket;
        Process = process;
        _client = new HttpClient(new SocketsHttpHandler { ConnectCallback = async (_, cancel) => new NetworkStream(await ConnectAsync(cancel), ownsSocket: true) })
        {
            BaseAddress = new Uri("http://target/"),
            Timeout = TargetProcess.Patience,
        };
    }

    public TargetProcess Process { get; }

    /// <summary>The directory that holds the socket; for a service in an empty root, that root.</summary>
    public string Directory => _directory.FullName;

    public static Service Start(params string[] options)
    {
        DirectoryInfo directory = System.IO.Directory.CreateTempSubdirectory("target-");
        string socket = Path.Combine(directory.FullName, "http.sock");
        return new Service(directory, socket, TargetProcess.Start(["serve", "--unix", socket, .. options])).Ready();
    }

    /// <summary>Starts it as PID 1 of a namespace whose root holds the one file only: no /proc, no /etc, no /tmp.</summary>
    public static Service StartAsInit(params string[] options) => StartAsInitUnder([], options);

    /// <inheritdoc cref="StartAsInit"/>
    public static Service StartAsInitUnder(string[] launcher, params string[] options)
    {
        DirectoryInfo root = System.IO.Directory.CreateTempSubdirectory("target-");
        File.Copy(TargetBinary.Path, Path.Combine(root.FullName, "target"));
        string[] unshare = [.. launcher, "unshare", "--pid", "--mount", "--uts", "--ipc", "--net", "--fork", "--kill-child", "--root", root.FullName];
        TargetProcess process = TargetProcess.StartUnder(unshare, "/target", ["serve", "--unix", "/http.sock", .. options]);
        return new Service(root, Path.Combine(root.FullName, "http.sock"), process).Ready();
    }

    public (HttpStatusCode Status, string Body) Get(string path)
    {
        using HttpResponseMessage answer = _client.GetAsync(path).GetAwaiter().GetResult();
        return (answer.StatusCode, answer.Content.ReadAsStringAsync().GetAwaiter().GetResult());
    }

    public JsonElement GetJson(string path) => JsonSerializer.Deserialize<JsonElement>(Get(path).Body);

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(path);

    /// <summary>Asks /info until it says what is expected; there is no event for what a child or a thread does.</summary>
    public JsonElement InfoWhere(Func<JsonElement, bool> isAsExpected)
    {
        DateTime deadline = DateTime.UtcNow + TargetProcess.Patience;
        while (true)
        {
            JsonElement info = GetJson("/info");
            if (isAsExpected(info)) return info;
            if (DateTime.UtcNow > deadline) throw new TimeoutException($"/info stayed at {info}");
        }
    }

    public Socket Connect() => ConnectAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>Sends bytes and reads all that comes until the server closes.</summary>
    public string Exchange(string request)
    {
        using Socket socket = Connect();
        socket.Send(Encoding.Latin1.GetBytes(request));
        return ReadToEnd(socket);
    }

    public static string ReadToEnd(Socket socket)
    {
        socket.ReceiveTimeout = (int)TargetProcess.Patience.TotalMilliseconds;
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        for (int count; (count = socket.Receive(buffer)) > 0;) text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        return text.ToString();
    }

    public void Dispose()
    {
        _client.Dispose();
        Process.Dispose();
        _directory.Delete(recursive: true);
    }

    private Service Ready()
    {
        Xunit.Assert.StartsWith("target: listening on unix:", Process.NextLine());
        return this;
    }

    private async ValueTask<Socket> ConnectAsync(CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancel);
        return socket;
    }
}
