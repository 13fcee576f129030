using System.Text.Json.Serialization;

namespace ContainerChaos.Engine;

/// <summary>What points at a blob (image-spec, descriptor.md).</summary>
internal sealed record OciDescriptor
{
    [JsonPropertyName("mediaType")]
    public string? MediaType { get; set; }

    [JsonPropertyName("digest")]
    public string Digest { get; set; } = "";

    [JsonPropertyName("size")]
    public long Size { get; set; }

    [JsonPropertyName("platform")]
    public OciPlatform? Platform { get; set; }

    [JsonPropertyName("annotations")]
    public SortedDictionary<string, string>? Annotations { get; set; }
}
