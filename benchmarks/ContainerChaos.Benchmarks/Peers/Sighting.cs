using System.Diagnostics;

namespace ContainerChaos.Benchmarks.Peers;

/// <summary>Stamps the moment something becomes known outside the tool, such as an exit.</summary>
internal sealed class Sighting : IDisposable
{
    private readonly TaskCompletionSource<long> seen = new();
    private readonly IDisposable? source;

    /// <param name="watch">Called with the action that stamps; returns what to dispose of afterwards.</param>
    public Sighting(Func<Action, IDisposable?> watch) => source = watch(() => seen.TrySetResult(Stopwatch.GetTimestamp()));

    /// <summary>When it was seen, in <see cref="Stopwatch"/> ticks.</summary>
    public long Wait() => seen.Task.Wait(TimeSpan.FromSeconds(30)) ? seen.Task.Result : throw new TimeoutException("it was not seen within 30 s");

    public void Dispose() => source?.Dispose();

    /// <summary>Watches for a file to be created or renamed into place.</summary>
    public static Sighting OfFile(string folder, string name, Func<string, bool>? matches = null) => new(stamp =>
    {
        var watcher = new FileSystemWatcher(folder, name);
        void Look(object sender, FileSystemEventArgs change)
        {
            if (matches is null || matches(change.FullPath))
            {
                stamp();
            }
        }

        watcher.Created += Look;
        watcher.Changed += Look;
        watcher.Renamed += (sender, change) => Look(sender, change);
        watcher.EnableRaisingEvents = true;
        return watcher;
    });
}
