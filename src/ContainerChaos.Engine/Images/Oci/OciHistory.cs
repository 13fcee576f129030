using System.Text.Json.Serialization;

namespace ContainerChaos.Engine;

/// <summary>How an image came by a layer, or by a change of its configuration (image-spec, config.md, "history").</summary>
internal sealed record OciHistory
{
    [JsonPropertyName("created")]
    public DateTimeOffset? Created { get; set; }

    [JsonPropertyName("created_by")]
    public string? CreatedBy { get; set; }

    [JsonPropertyName("author")]
    public string? Author { get; set; }

    [JsonPropertyName("comment")]
    public string? Comment { get; set; }

    [JsonPropertyName("empty_layer")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsEmptyLayer { get; set; }
}
