using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>Looks at what one stop condition is about.</summary>
internal sealed class StopSampler
{
    private const int ToleratedFailures = 2;
    private static readonly TimeSpan s_probeTimeout = TimeSpan.FromMilliseconds(500);

    private readonly StopCondition _condition;
    private int _failures;

    internal StopSampler(StopCondition condition) => _condition = condition;

    /// <summary>Why the fault must end; null while it need not. What can't be read ends nothing.</summary>
    internal string? Sample()
    {
        try
        {
            return _condition.Kind switch
            {
                StopConditionKind.Pressure => Above(ReadPressure($"/proc/pressure/{_condition.Subject}")),
                StopConditionKind.Memory => Below(ReadAvailableMemory()),
                StopConditionKind.Disk => Below(new DriveInfo(_condition.Subject).AvailableFreeSpace),
                _ => Probe(),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ErrnoException)
        {
            return null;
        }
    }

    private string? Above(double value) => value > _condition.Threshold ? string.Create(CultureInfo.InvariantCulture, $"{_condition}: it is {value:0.##} %") : null;

    private string? Below(double value) => value < _condition.Threshold ? string.Create(CultureInfo.InvariantCulture, $"{_condition}: it is {value:0}") : null;

    // psi.rst: "some avg10=0.00 avg60=0.00 avg300=0.00 total=0"
    private static double ReadPressure(string path)
    {
        var text = File.ReadLines(path).First();
        var start = text.IndexOf("avg10=", StringComparison.Ordinal) + 6;
        return double.Parse(text.AsSpan(start, text.IndexOf(' ', start) - start), CultureInfo.InvariantCulture);
    }

    // proc_meminfo(5): "MemAvailable: %lu kB"
    private static double ReadAvailableMemory()
    {
        var line = File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return 1024d * long.Parse(line["MemAvailable:".Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
    }

    private string? Probe()
    {
        var status = Ask(new Uri(_condition.Subject));
        if (status is >= 200 and < 400)
        {
            _failures = 0;
            return null;
        }
        return _failures++ < ToleratedFailures ? null : $"{_condition}: {(status == 0 ? "no answer" : $"status {status}")}, {_failures} times";
    }

    /// <summary>A status, or 0 for none in time.</summary>
    private static int Ask(Uri url)
    {
        if (!IPAddress.TryParse(url.DnsSafeHost == "localhost" ? "127.0.0.1" : url.DnsSafeHost, out var address))
            return 0;
        using var socket = InternetSocket.BeginConnect(new IPEndPoint(address, url.Port));
        var started = Stopwatch.GetTimestamp();
        if (!Await(socket, EventPollFlags.EPOLLOUT, started) || socket.TakeError() != Errno.None)
            return 0;
        socket.Send(Encoding.ASCII.GetBytes($"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: close\r\n\r\n"), out _);
        Span<byte> answer = stackalloc byte[64];
        if (!Await(socket, EventPollFlags.EPOLLIN, started) || socket.Receive(answer, out _) is not (> 12 and var length))
            return 0;
        // RFC 9112, 4: "HTTP/1.1 200 OK"
        return int.TryParse(answer[9..Math.Min(length, 12)], NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : 0;
    }

    private static bool Await(InternetSocket socket, EventPollFlags events, long started)
    {
        using var poll = new EventPoll();
        poll.Add(socket, events, 0);
        var left = s_probeTimeout - Stopwatch.GetElapsedTime(started);
        return left > TimeSpan.Zero && poll.Wait(left, static (_, _) => { }) > 0;
    }
}
