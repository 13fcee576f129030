using System.Diagnostics;

namespace ContainerChaos.Differential.Tests;

/// <summary>The events of all containers of one engine, as they come.</summary>
internal sealed class EventLog
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, List<string>> _events = [];

    /// <summary>Notes an event: Docker's verb, and what else of it is compared.</summary>
    public void Add(string container, string verb)
    {
        lock (_events)
        {
            if (!_events.TryGetValue(container, out var list))
                _events[container] = list = [];
            list.Add(verb);
            Monitor.PulseAll(_events);
        }
    }

    /// <summary>What has happened to a container so far.</summary>
    public IReadOnlyList<string> Of(string container)
    {
        lock (_events)
            return _events.TryGetValue(container, out var list) ? [.. list] : [];
    }

    /// <summary>Waits until an event has come for the n-th time. A verb is enough, without what follows it.</summary>
    public void Await(string container, string verb, int count = 1)
    {
        var waited = Stopwatch.StartNew();
        lock (_events)
        {
            while (Of(container).Count(name => name.Split(' ')[0] == verb) < count)
            {
                var left = s_patience - waited.Elapsed;
                if (left <= TimeSpan.Zero || !Monitor.Wait(_events, left))
                    throw new TimeoutException($"No '{verb}' number {count} within {s_patience.TotalSeconds} s, only: {string.Join(", ", Of(container))}");
            }
        }
    }
}
