using System.Diagnostics;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>Notes in the journal what the engine did to images, volumes and networks.</summary>
internal static class ObjectEvents
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Notes it, also before the data root's first container is made.</summary>
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
        var directory = Path.Combine(options.DataRoot, "events");
        Directory.CreateDirectory(directory, Private);
        EventJournal.Append(
            Path.Combine(directory, "events.jsonl"),
            new ContainerEvent(type, "", DateTimeOffset.UtcNow, Stopwatch.GetTimestamp(), values) { Name = name, ObjectType = objectType, ObjectId = id });
    }
}
