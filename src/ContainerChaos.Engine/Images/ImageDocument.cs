using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ContainerChaos.Engine;

/// <summary>An image as it lies on disk, <c>images/DIGEST.json</c>: what it is made of, without the names it has.</summary>
internal sealed record ImageDocument
{
    public required string Id { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required ImageContent Content { get; init; }

    /// <summary>The digest part of the id, which names the file.</summary>
    [JsonIgnore]
    public string Digest => Id["sha256:".Length..];

    /// <summary>Makes the document of a content. The id is the content's digest, so the same content never gets two.</summary>
    public static ImageDocument Create(ImageContent content) => new()
    {
        Id = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content, EngineJson.Default.ImageContent))),
        CreatedAt = DateTimeOffset.UtcNow,
        Content = content,
    };

    public Image ToImage(string reference) => new()
    {
        Reference = reference,
        Id = Id,
        CreatedAt = CreatedAt,
        SizeBytes = Content.Layers.Sum(layer => layer.SizeBytes),
        Layers = [.. Content.Layers.Select(layer => "sha256:" + layer.Digest)],
        Entrypoint = Content.Entrypoint,
        Command = Content.Command,
        Env = Content.Env,
        WorkingDirectory = Content.WorkingDirectory,
        User = Content.User,
        StopSignal = Content.StopSignal,
        Labels = Content.Labels,
    };
}

/// <summary>What an image's id is the digest of.</summary>
internal sealed record ImageContent
{
    public required IReadOnlyList<ImageLayer> Layers { get; init; }

    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyList<string> Env { get; init; } = [];

    public string WorkingDirectory { get; init; } = "/";

    public string User { get; init; } = "";

    public string? StopSignal { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>One layer of an image, by its digest in hexadecimal.</summary>
internal sealed record ImageLayer(string Digest, long SizeBytes);
