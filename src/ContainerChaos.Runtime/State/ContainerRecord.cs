using System.Text.Json;
using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>What the runtime keeps of one container between its commands (<c>status</c>).</summary>
internal sealed record ContainerRecord
{
    /// <summary>The container's id.</summary>
    public string Id { get; set; } = "";

    /// <summary>The bundle's directory.</summary>
    public string Bundle { get; set; } = "";

    /// <summary>The root's directory on the host.</summary>
    public string Rootfs { get; set; } = "";

    /// <summary>The user that created it.</summary>
    public string Owner { get; set; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>The host's PID of the first process; 0 while there is none yet.</summary>
    public int Pid { get; set; }

    /// <summary>Its start time in clock ticks after boot, which tells it from a later process with the same PID.</summary>
    public ulong StartTime { get; set; }

    /// <summary>The control group.</summary>
    public CgroupRecord? Cgroup { get; set; }

    /// <summary>What the standard streams of the first process were at create, as a JSON array in a string: crun's field, which CRIU's users read.</summary>
    [JsonPropertyName("external_descriptors")]
    public string ExternalDescriptors { get; set; } = "[]";

    /// <summary>What the standard streams lead to: files by their paths, pipes as <c>pipe:[1234]</c>.</summary>
    internal static string Describe(LaunchStreams streams) => JsonSerializer.Serialize(
        [.. new[] { streams.Input, streams.Output, streams.Error }.Select(stream => new FileInfo($"/proc/self/fd/{stream.Number}").LinkTarget ?? "")],
        LineJson.Default.StringArray);
}
