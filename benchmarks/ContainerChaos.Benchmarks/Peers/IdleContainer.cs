using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Benchmarks.Peers;

/// <summary>A running container of a peer.</summary>
internal abstract class IdleContainer(string id, StartSignal signal) : IDisposable
{
    private const int SIGKILL = 9;

    public string Id { get; } = id;

    public StartSignal Signal { get; } = signal;

    /// <summary>The host's process id of its PID 1, asked anew.</summary>
    public abstract int Pid { get; }

    /// <summary>Runs <c>true</c> in it.</summary>
    public abstract void ExecTrue();

    /// <summary>Begins to watch for its exit where the tool publishes it; call before the kill, then wait on the result.</summary>
    public virtual Sighting? WatchExit() => null;

    /// <summary>Deletes it, running or not.</summary>
    protected abstract void Remove();

    /// <summary>Kills PID 1 from outside, not through the tool, and returns the time just before, in <see cref="Stopwatch"/> ticks.</summary>
    public long Crash()
    {
        using var process = PidFd.Open(Pid);
        var stamp = Stopwatch.GetTimestamp();
        process.SendSignal(SIGKILL);
        return stamp;
    }

    public void Dispose()
    {
        try
        {
            Remove();
        }
        finally
        {
            Signal.Dispose();
        }
    }
}
