using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace ContainerChaos.Differential.Tests;

/// <summary>An engine behind Docker's API on a Unix socket (Docker Engine API v1.41), which is several times faster than its command line.</summary>
internal abstract class ApiHost : ContainerHost
{
    private readonly string _socket;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _end = new();
    private Task? _events;

    protected ApiHost(string socket)
    {
        _socket = socket;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(Connect()) })
        {
            BaseAddress = new Uri("http://engine/v1.41/"),
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    /// <summary>Where the containers' control groups are to be; null for where the daemon puts them by itself.</summary>
    protected virtual string? CgroupParent => null;

    public override string Create(ContainerRequest request)
    {
        var name = request.Name is null ? "" : "?name=" + Uri.EscapeDataString(request.Name);
        return (string)Send(HttpMethod.Post, "containers/create" + name, ApiRequest.Make(request, CgroupParent))!["Id"]!;
    }

    public override void Start(string container) => Send(HttpMethod.Post, $"containers/{container}/start");

    public override void Stop(string container, int? grace = null) => Send(HttpMethod.Post, $"containers/{container}/stop{Grace(grace)}");

    public override void Restart(string container, int? grace = null) => Send(HttpMethod.Post, $"containers/{container}/restart{Grace(grace)}");

    public override void Kill(string container, string signal) => Send(HttpMethod.Post, $"containers/{container}/kill?signal={signal}");

    // A process that computes is frozen when it next gets a processor; runc 1.1 looks a thousand times, which a busy machine outlasts, and nothing tells of it.
    public override void Pause(string container)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Send(HttpMethod.Post, $"containers/{container}/pause");
                return;
            }
            catch (HostException) when (attempt < 5)
            {
            }
        }
    }

    public override void Resume(string container) => Send(HttpMethod.Post, $"containers/{container}/unpause");

    public override void Rename(string container, string name) => Send(HttpMethod.Post, $"containers/{container}/rename?name={name}");

    public override void Remove(string container, bool force = false) => Send(HttpMethod.Delete, $"containers/{container}?force={(force ? 1 : 0)}&v=1");

    public override int Wait(string container) => (int)Send(HttpMethod.Post, $"containers/{container}/wait")!["StatusCode"]!;

    public override Sight Look(string container)
    {
        var seen = Send(HttpMethod.Get, $"containers/{container}/json")!;
        var state = seen["State"]!;
        return new Sight
        {
            Id = (string)seen["Id"]!,
            Name = ((string)seen["Name"]!).TrimStart('/'),
            State = (string)state["Status"]!,
            ExitCode = (int)state["ExitCode"]!,
            OomKilled = (bool)state["OOMKilled"]!,
            RestartCount = (int)seen["RestartCount"]!,
            Pid = (int)state["Pid"]!,
            Command = [(string)seen["Path"]!, .. seen["Args"]!.AsArray().Select(argument => (string)argument!)],
            Labels = seen["Config"]!["Labels"] is JsonObject labels ? labels.ToDictionary(label => label.Key, label => (string)label.Value!) : [],
            StartedAt = Time(state["StartedAt"]),
            FinishedAt = Time(state["FinishedAt"]),
        };
    }

    public override CommandResult Execute(string container, CommandRequest command)
    {
        var request = new JsonObject
        {
            ["AttachStdout"] = true,
            ["AttachStderr"] = true,
            ["Cmd"] = ApiRequest.Strings(command.Command),
            ["Env"] = ApiRequest.Strings(command.Env),
            ["User"] = command.User ?? "",
            ["WorkingDir"] = command.WorkingDirectory ?? "",
        };
        var id = (string)Send(HttpMethod.Post, $"containers/{container}/exec", request)!["Id"]!;
        using var response = Request(HttpMethod.Post, $"exec/{id}/start", new JsonObject { ["Detach"] = false, ["Tty"] = false });
        using var stream = response.Content.ReadAsStream();
        var (output, errors) = ReadStreams(stream);
        var result = Send(HttpMethod.Get, $"exec/{id}/json")!;
        return new CommandResult((int?)result["ExitCode"] ?? -1, output, errors);
    }

    public override IReadOnlyList<string> ReadLog(string container, int? tail = null)
    {
        using var response = Request(HttpMethod.Get, $"containers/{container}/logs?stdout=1&stderr=1&tail={tail?.ToString(CultureInfo.InvariantCulture) ?? "all"}");
        using var stream = response.Content.ReadAsStream();
        // A line may come in several frames.
        var (lines, begun) = (new List<string>(), new string[3]);
        while (ReadFrame(stream) is { } frame)
        {
            var parts = (begun[frame.Stream] + frame.Text).Split('\n');
            begun[frame.Stream] = parts[^1];
            lines.AddRange(parts[..^1].Select(line => $"{Letter(frame.Stream)} {line}"));
        }
        foreach (var number in new[] { 1, 2 })
        {
            if (begun[number] is { Length: > 0 } line)
                lines.Add($"{Letter(number)} {line}");
        }
        return lines;
    }

    public override void AwaitLine(string container, string text)
    {
        using var response = Request(HttpMethod.Get, $"containers/{container}/logs?stdout=1&stderr=1&follow=1");
        using var stream = response.Content.ReadAsStream();
        var seen = "";
        Task.Run(() =>
        {
            while (!seen.Contains(text, StringComparison.Ordinal))
                seen += ReadFrame(stream)?.Text ?? throw new InvalidOperationException($"It ended without '{text}': {seen}");
        }).WaitAsync(TimeSpan.FromSeconds(20)).GetAwaiter().GetResult();
    }

    /// <summary>Loads an archive of images.</summary>
    public string Load(string archive)
    {
        using var file = File.OpenRead(archive);
        using var response = Request(HttpMethod.Post, "images/load?quiet=1", content: new StreamContent(file) { Headers = { ContentType = new("application/x-tar") } });
        return response.Content.ReadAsStringAsync().Result;
    }

    /// <summary>Begins to listen, once the daemon answers.</summary>
    protected void Listen()
    {
        var response = Request(HttpMethod.Get, "events?filters=" + Uri.EscapeDataString("""{"type":["container"]}"""));
        _events = Task.Factory.StartNew(() => Listen(response), TaskCreationOptions.LongRunning);
    }

    protected JsonNode? Send(HttpMethod method, string path, JsonNode? body = null)
    {
        using var response = Request(method, path, body is null ? null : JsonContent.Create(body));
        var text = response.Content.ReadAsStringAsync().Result;
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    protected HttpResponseMessage Request(HttpMethod method, string path, JsonNode body) => Request(method, path, JsonContent.Create(body));

    protected HttpResponseMessage Request(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        var response = _http.Send(request, HttpCompletionOption.ResponseHeadersRead);
        // 304: it is so already.
        if (response.IsSuccessStatusCode || (int)response.StatusCode == 304)
            return response;
        using (response)
        {
            throw new HostException(
                (int)response.StatusCode switch { 400 => Refusal.Invalid, 404 => Refusal.NotFound, 409 => Refusal.Conflict, _ => Refusal.Failed },
                $"{method} {path}: {(int)response.StatusCode} {response.Content.ReadAsStringAsync().Result}");
        }
    }

    /// <summary>The verb of an event as Docker has it, and its exit code or signal.</summary>
    protected virtual string? Describe(string verb, JsonNode attributes) => verb.Split(':')[0] switch
    {
        "die" => $"die {attributes["exitCode"]}",
        "kill" => $"kill {attributes["signal"]}",
        "exec_die" => $"exec_die {attributes["exitCode"]}",
        var other => other,
    };

    protected void StopListening()
    {
        _end.Cancel();
        _events?.Wait();
        _end.Dispose();
        _http.Dispose();
    }

    private static char Letter(int stream) => stream == 2 ? 'e' : 'o';

    private static string Grace(int? seconds) => seconds is null ? "" : $"?t={seconds}";

    private static DateTimeOffset? Time(JsonNode? node) =>
        DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture) is { Year: > 1 } time ? time : null;

    private NetworkStream Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(_socket));
        return new NetworkStream(socket, ownsSocket: true);
    }

    private void Listen(HttpResponseMessage response)
    {
        using (response)
        using (var stream = response.Content.ReadAsStream())
        using (_end.Token.Register(stream.Dispose))
        using (var reader = new StreamReader(stream))
        {
            try
            {
                while (reader.ReadLine() is { } line)
                {
                    var one = JsonNode.Parse(line)!;
                    var actor = one["Actor"]!;
                    if ((string?)one["Type"] == "container" && Describe((string)one["Action"]!, actor["Attributes"]!) is { } verb)
                        Events.Add((string)actor["ID"]!, verb);
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
            {
            }
        }
    }

    private static (string Output, string Errors) ReadStreams(Stream stream)
    {
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        while (ReadFrame(stream) is { } frame)
            (frame.Stream == 2 ? errors : output).Append(frame.Text);
        return (output.ToString(), errors.ToString());
    }

    // A byte for the stream, three of nothing, the length (Docker Engine API, ContainerAttach).
    private static (int Stream, string Text)? ReadFrame(Stream stream)
    {
        var header = new byte[8];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
            return null;
        var content = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4))];
        stream.ReadExactly(content);
        return (header[0], Encoding.UTF8.GetString(content));
    }
}
