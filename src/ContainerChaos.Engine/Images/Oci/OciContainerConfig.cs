using System.Text.Json;
using System.Text.Json.Serialization;

namespace ContainerChaos.Engine;

/// <summary>The defaults of an image's containers (image-spec, config.md, "config"; the health check is Docker's).</summary>
internal sealed record OciContainerConfig
{
    public string? User { get; set; }

    public SortedDictionary<string, JsonElement>? ExposedPorts { get; set; }

    public IReadOnlyList<string>? Env { get; set; }

    public IReadOnlyList<string>? Entrypoint { get; set; }

    public IReadOnlyList<string>? Cmd { get; set; }

    public OciHealthcheck? Healthcheck { get; set; }

    public SortedDictionary<string, JsonElement>? Volumes { get; set; }

    public string? WorkingDir { get; set; }

    public IReadOnlyList<string>? OnBuild { get; set; }

    public SortedDictionary<string, string>? Labels { get; set; }

    public string? StopSignal { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
