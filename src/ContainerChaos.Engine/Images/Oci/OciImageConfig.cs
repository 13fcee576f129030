using System.Text.Json;
using System.Text.Json.Serialization;

namespace ContainerChaos.Engine;

/// <summary>What an image is and how its containers run (image-spec, config.md). Its digest is the image's id.</summary>
internal sealed record OciImageConfig
{
    [JsonPropertyName("created")]
    public DateTimeOffset? Created { get; set; }

    [JsonPropertyName("author")]
    public string? Author { get; set; }

    [JsonPropertyName("architecture")]
    public string Architecture { get; set; } = "";

    [JsonPropertyName("os")]
    public string Os { get; set; } = "";

    [JsonPropertyName("variant")]
    public string? Variant { get; set; }

    [JsonPropertyName("config")]
    public OciContainerConfig? Config { get; set; }

    [JsonPropertyName("rootfs")]
    public OciRootFileSystem RootFileSystem { get; set; } = new();

    [JsonPropertyName("history")]
    public IReadOnlyList<OciHistory>? History { get; set; }

    /// <summary>What other tools have written besides; an image made of this one keeps it.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
