using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Reads what happened, and goes on with what happens, to all containers of this data root.</summary>
    /// <param name="options">From when, to when, and which; null for everything from now on.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IEnumerable<ContainerEvent> ReadEvents(ContainerEventOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ContainerEventOptions();
        _store.EnsureDirectories();
        // Watching begins before the first look, so that nothing falls in between; and now, not when the first event is asked for.
        var watch = new DirectoryWatch(_store.JournalDirectory);
        var reader = new EventJournalReader(_store.JournalPath);
        if (options.Since is null)
            reader.SeekToEnd();
        return ReadEvents(options, watch, reader, cancellationToken);
    }

    private static IEnumerable<ContainerEvent> ReadEvents(
        ContainerEventOptions options, DirectoryWatch watch, EventJournalReader reader, CancellationToken cancellationToken)
    {
        using (watch)
        using (reader)
        using (var due = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            if (options.Until is { } until)
                due.CancelAfter(until > DateTimeOffset.UtcNow ? until - DateTimeOffset.UtcNow : TimeSpan.Zero);
            do
            {
                foreach (var containerEvent in reader.ReadAvailable())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!(containerEvent.Time < options.Since) && !(containerEvent.Time > options.Until) && options.Filter?.Invoke(containerEvent) != false)
                        yield return containerEvent;
                }
            }
            while (!(options.Until <= DateTimeOffset.UtcNow) && WaitFor(watch, due.Token, cancellationToken));
        }
    }

    /// <returns>False when the time is up.</returns>
    private static bool WaitFor(DirectoryWatch watch, CancellationToken due, CancellationToken cancellationToken)
    {
        try
        {
            watch.Wait(due);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Notes what the engine itself did to a container; what its monitor does, that notes.</summary>
    private void Record(string type, ContainerDefinition definition, params ReadOnlySpan<(string Key, string Value)> attributes)
    {
        var values = new Dictionary<string, string> { ["image"] = definition.Image };
        foreach (var (key, value) in attributes)
            values[key] = value;
        EventJournal.Append(_store.JournalPath, new ContainerEvent(type, definition.Id, DateTimeOffset.UtcNow, Stopwatch.GetTimestamp(), values) { Name = definition.Name });
    }
}
