using System.Diagnostics;
using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>Probes a container again and again, and keeps the verdict.</summary>
/// <remarks>Docker's rules (HEALTHCHECK of the Dockerfile reference): the interval goes from the end of a probe to the begin of the next.</remarks>
internal sealed class HealthWatch : IDisposable
{
    private const int KeptResults = 5;

    private readonly EventLoop _loop;
    private readonly HealthCheck _check;
    private readonly Func<Action<HealthProbe, int, string>, HealthProbe> _begin;
    private readonly Action<HealthStatus?> _changed;
    private readonly TimerFd _timer = TimerFd.Create();
    private HealthProbe? _probe;
    private bool _isProbing;
    private bool _isExcused;
    private bool _isActive;
    private long _startedAt;

    /// <param name="loop">The loop that waits.</param>
    /// <param name="check">What to do.</param>
    /// <param name="begin">Begins a probe.</param>
    /// <param name="changed">Called after each result, with the new status if it is another than before.</param>
    internal HealthWatch(EventLoop loop, HealthCheck check, Func<Action<HealthProbe, int, string>, HealthProbe> begin, Action<HealthStatus?> changed)
    {
        _loop = loop;
        _check = check;
        _begin = begin;
        _changed = changed;
        _loop.Add(_timer, EventPollFlags.EPOLLIN, _ => OnTimer());
    }

    /// <summary>The verdict and the last results.</summary>
    internal ContainerHealth Health { get; private set; } = new();

    /// <summary>Begins anew with a new PID 1; the results of the one before stay.</summary>
    internal void Start(ContainerHealth? last) => Start((last ?? new ContainerHealth()) with { Status = HealthStatus.Starting, FailingStreak = 0 }, TimeSpan.Zero, NextInterval);

    /// <summary>Goes on where another monitor was, whose probe, if one was under way, ended with it.</summary>
    /// <param name="last">What that one knew.</param>
    /// <param name="ran">How long PID 1 has been running.</param>
    internal void Resume(ContainerHealth? last, TimeSpan ran)
    {
        var health = last ?? new ContainerHealth();
        Start(health, ran, () =>
        {
            var since = health.Log is [.., var newest] ? DateTimeOffset.UtcNow - newest.End : ran;
            var interval = NextInterval();
            // A clock that was set back must not put it off.
            return since < TimeSpan.Zero ? interval : since > interval ? TimeSpan.Zero : interval - since;
        });
    }

    /// <summary>Stops probing while the container is frozen.</summary>
    internal void Suspend()
    {
        _isActive = false;
        _timer.Disarm();
        _timer.Clear();
        CancelProbe();
    }

    /// <summary>Goes on when it is thawed.</summary>
    internal void Continue()
    {
        _isActive = true;
        _timer.Arm(NextInterval());
    }

    /// <summary>PID 1 has ended. What is down is not healthy, as Docker has it.</summary>
    internal ContainerHealth Stop()
    {
        Suspend();
        return Health = Health with { Status = HealthStatus.Unhealthy };
    }

    /// <summary>Ends the process of a probe that is left, now.</summary>
    internal void EndProbe()
    {
        (_probe as CommandProbe)?.EndAtOnce();
        _probe = null;
    }

    public void Dispose() => _timer.Dispose();

    private void Start(ContainerHealth health, TimeSpan ran, Func<TimeSpan> first)
    {
        Health = health;
        _startedAt = Stopwatch.GetTimestamp() - (long)(ran.TotalSeconds * Stopwatch.Frequency);
        _isActive = true;
        _timer.Arm(first());
    }

    private bool IsInStartPeriod => Health.Status == HealthStatus.Starting && Stopwatch.GetElapsedTime(_startedAt) < _check.StartPeriod;

    private TimeSpan NextInterval() => IsInStartPeriod ? _check.StartInterval : _check.Interval;

    private void OnTimer()
    {
        _timer.Clear();
        if (!_isActive)
            return;
        if (_isProbing)
            OnTimeout();
        else if (_probe is { HasEnded: false } stuck)
        {
            // Its group is frozen from outside, or it sleeps in the kernel; another one would only join it.
            _isExcused = IsInStartPeriod;
            Record(stuck.Start, -1, $"Health check exceeded timeout ({Describe(_check.Timeout)}): its process has been killed and has not ended yet");
        }
        else
        {
            Begin();
        }
    }

    private void Begin()
    {
        var start = DateTimeOffset.UtcNow;
        try
        {
            _isProbing = true;
            // What began in the start period is excused, also when it fails after it.
            _isExcused = IsInStartPeriod;
            _probe = _begin(OnFound);
            _timer.Arm(_check.Timeout);
        }
        catch (Exception e) when (e is ContainerException or ErrnoException or IOException)
        {
            _probe = null;
            Record(start, e is ErrnoException && _check.Kind != HealthCheckKind.Exec ? 1 : -1, e.Message);
        }
    }

    private void OnFound(HealthProbe probe, int exitCode, string output)
    {
        if (_isActive && ReferenceEquals(probe, _probe))
            Record(probe.Start, exitCode, output);
    }

    private void OnTimeout()
    {
        var probe = _probe!;
        probe.Cancel();
        var output = probe.Output.ToString();
        Record(probe.Start, -1, $"Health check exceeded timeout ({Describe(_check.Timeout)}){(output.Length > 0 ? ": " + output : "")}");
    }

    private void CancelProbe()
    {
        if (_isProbing)
            _probe!.Cancel();
        _isProbing = false;
    }

    private void Record(DateTimeOffset start, int exitCode, string output)
    {
        var before = Health.Status;
        var isExcused = exitCode != 0 && _isExcused;
        var streak = exitCode == 0 ? 0 : isExcused ? Health.FailingStreak : Health.FailingStreak + 1;
        var log = Health.Log.Count < KeptResults ? Health.Log : Health.Log.Skip(Health.Log.Count - KeptResults + 1);
        Health = Health with
        {
            FailingStreak = streak,
            Status = exitCode == 0 ? HealthStatus.Healthy : !isExcused && streak >= _check.Retries ? HealthStatus.Unhealthy : before,
            Log = [.. log, new HealthResult(start, DateTimeOffset.UtcNow, exitCode, output)],
        };
        _isProbing = false;
        _timer.Arm(NextInterval());
        _changed(Health.Status == before ? null : Health.Status);
    }

    private static string Describe(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###}s");
}
