using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>Writes a container's events to its file, to the journal of all and to whoever subscribed, in the order in which they happened.</summary>
internal sealed class EventPublisher(string path, string journal, string containerId, string name) : IDisposable
{
    private FileDescriptor? _file;

    /// <summary>The container's name as events give it.</summary>
    internal string Name { get; set; } = name;

    /// <summary>Called with each event.</summary>
    internal event Action<ContainerEvent>? Published;

    /// <summary>CLOCK_MONOTONIC in nanoseconds, which is what the stopwatch counts on Linux.</summary>
    internal static long Now => Stopwatch.GetTimestamp();

    internal void Publish(string type, params ReadOnlySpan<(string Key, string Value)> attributes) => PublishAt(Now, type, attributes);

    /// <summary>Publishes something that was seen a moment ago.</summary>
    internal void PublishAt(long monotonicNanoseconds, string type, params ReadOnlySpan<(string Key, string Value)> attributes)
    {
        var values = new Dictionary<string, string>(attributes.Length);
        foreach (var (key, value) in attributes)
            values[key] = value;
        var containerEvent = new ContainerEvent(type, containerId, DateTimeOffset.UtcNow, monotonicNanoseconds, values) { Name = Name };
        Published?.Invoke(containerEvent);
        var line = EventJournal.ToLine(containerEvent);
        try
        {
            _file ??= FileDescriptor.Open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND, 0x180 /* 0600 */);
            _file.Write(line);
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException)
        {
            // A full disk, or one that is read-only, costs the record of an event, never the supervision.
        }
        EventJournal.Append(journal, line);
    }

    /// <summary>Notes in the journal what happened to a volume or a network through this container.</summary>
    internal void PublishOf(string objectType, string objectId, string objectName, string type, params ReadOnlySpan<(string Key, string Value)> attributes)
    {
        var values = new Dictionary<string, string>(attributes.Length + 2) { ["container"] = containerId, ["containerName"] = Name };
        foreach (var (key, value) in attributes)
            values[key] = value;
        EventJournal.Append(journal, new ContainerEvent(type, containerId, DateTimeOffset.UtcNow, Now, values) { Name = objectName, ObjectType = objectType, ObjectId = objectId });
    }

    public void Dispose() => _file?.Dispose();
}
