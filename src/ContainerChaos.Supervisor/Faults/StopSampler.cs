using System.Globalization;
using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>Looks at what one stop condition is about.</summary>
internal sealed class StopSampler
{
    private const int ToleratedFailures = 2;

    private readonly StopCondition _condition;
    private readonly EventLoop _loop;
    private readonly HealthCheck? _check;
    private NetworkProbe? _probe;
    private string? _problem;
    private int _failures;

    /// <param name="condition">The condition.</param>
    /// <param name="loop">The loop that a probe of a service runs in: nobody waits for its answer, which has until the next look.</param>
    internal StopSampler(StopCondition condition, EventLoop loop)
    {
        (_condition, _loop) = (condition, loop);
        if (condition.Kind == StopConditionKind.Probe)
            _check = CheckOf(new Uri(condition.Subject));
    }

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

    /// <summary>Asks the service, and says what became of the questions before.</summary>
    private string? Probe()
    {
        if (_probe is { HasEnded: false } late)
        {
            late.Cancel();
            Fail("no answer");
        }
        if (_failures > ToleratedFailures)
            return $"{_condition}: {_problem}, {_failures} times";
        try
        {
            _probe = new NetworkProbe(_loop, _check!, InternetSocket.BeginConnect, (_, exitCode, output) =>
            {
                if (exitCode == 0)
                    _failures = 0;
                else
                    Fail(output.Split('\r', '\n')[0].Replace($"{_check}: ", "", StringComparison.Ordinal));
            });
        }
        catch (ErrnoException e)
        {
            Fail(ErrnoException.Describe(e.Errno));
        }
        return null;
    }

    private void Fail(string problem)
    {
        _failures++;
        _problem = problem;
    }

    private static HealthCheck CheckOf(Uri url) => new()
    {
        Kind = HealthCheckKind.Http,
        Address = url.DnsSafeHost == "localhost" ? IPAddress.Loopback.ToString() : url.DnsSafeHost,
        Port = url.Port,
        Path = url.PathAndQuery,
    };
}
