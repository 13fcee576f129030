using System.Diagnostics;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>Notes in the journal what the engine did to images, volumes and networks.</summary>
internal static class ObjectEvents
{
    /// <summary>Notes it; nothing where the data root has no journal yet.</summary>
    /// <param name="options">The engine's.</param>
    /// <param name="objectType">One of <see cref="EventTypes"/>: image, volume, network.</param>
    /// <param name="type">The verb.</param>
    /// <param name="id">The id, or the volume's name.</param>
    /// <param name="name">The name.</param>
    /// <param name="attributes">What Docker says of it beside.</param>
    public static void Record(EngineOptions options, string objectType, string type, string id, string name, params ReadOnlySpan<(string Key, string Value)> attributes)
    {
        var values = new Dictionary<string, string>(attributes.Length);
        foreach (var (key, value) in attributes)
            values[key] = value;
        EventJournal.Append(
            Path.Combine(options.DataRoot, "events", "events.jsonl"),
            new ContainerEvent(type, "", DateTimeOffset.UtcNow, Stopwatch.GetTimestamp(), values) { Name = name, ObjectType = objectType, ObjectId = id });
    }
}
