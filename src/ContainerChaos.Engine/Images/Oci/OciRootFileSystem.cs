using System.Text.Json.Serialization;

namespace ContainerChaos.Engine;

/// <summary>The layers of an image by the digests of their uncompressed archives, bottom first (image-spec, config.md, "rootfs").</summary>
internal sealed record OciRootFileSystem
{
    [JsonPropertyName("type")]
    public string Type { get; set; } = "layers";

    [JsonPropertyName("diff_ids")]
    public IReadOnlyList<string> DiffIds { get; set; } = [];
}
