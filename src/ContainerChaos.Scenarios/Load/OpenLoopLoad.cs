namespace ContainerChaos.Scenarios.Load;

/// <summary>
/// An open-loop HTTP/1.1 load: requests are sent when they are due (<see cref="ArrivalPattern"/>), however the target fares; a <see cref="ClosedLoop"/> alone
/// waits for it. It runs on one thread of its own and owes nothing to the thread pool or to the target.
/// </summary>
/// <remarks>
/// A request is counted from its intended send time, so that a stall of the target shows in every request that was due
/// during it. Each has a timeout; those that find no connection wait in a bounded queue, and are dropped and counted
/// beyond it. A frozen, refusing or vanished target therefore costs failures, never the schedule.
/// </remarks>
public sealed class OpenLoopLoad : IDisposable
{
    private readonly LoadLoop _loop;
    private readonly Thread _thread;
    private LoadResult? _result;

    private OpenLoopLoad(LoadOptions options, ILoadObserver? observer)
    {
        _loop = new LoadLoop(options, observer);
        _thread = new Thread(_loop.Run) { IsBackground = true, Name = "load " + options.Path };
    }

    /// <summary>The arrivals.</summary>
    public ArrivalSchedule Schedule => _loop.Schedule;

    /// <summary>Starts a load.</summary>
    /// <param name="options">What is sent, where to, and how fast.</param>
    /// <param name="observer">Who follows it; null for nobody.</param>
    /// <returns>The running load.</returns>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public static OpenLoopLoad Start(LoadOptions options, ILoadObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var load = new OpenLoopLoad(options, observer);
        load._thread.Start();
        return load;
    }

    /// <summary>The requests completed so far, in order of completion.</summary>
    /// <returns>A copy.</returns>
    public IReadOnlyList<LoadSample> Snapshot() => _loop.Snapshot();

    /// <summary>Ends the arrivals, waits for what is on its way (at most the timeout of a request), and returns what was seen.</summary>
    /// <returns>The result; the same one when called again.</returns>
    public LoadResult Stop()
    {
        if (_result is not null)
            return _result;
        _loop.RequestStop();
        _thread.Join();
        return _result = _loop.Result();
    }

    /// <summary>Stops the load.</summary>
    public void Dispose()
    {
        Stop();
        _loop.Dispose();
    }
}
