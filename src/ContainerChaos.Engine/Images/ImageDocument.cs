using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ContainerChaos.Engine;

/// <summary>An image as it lies on disk, <c>images/DIGEST.json</c>: its configuration and its layers, without the names it has.</summary>
internal sealed record ImageDocument
{
    private OciImageConfig? _parsed;

    public required string Id { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The configuration, byte for byte: the id is the digest of its UTF-8.</summary>
    public required string Config { get; init; }

    public required IReadOnlyList<ImageLayer> Layers { get; init; }

    /// <summary>The digest part of the id, which names the file.</summary>
    [JsonIgnore]
    public string Digest => Id["sha256:".Length..];

    [JsonIgnore]
    public OciImageConfig Parsed => _parsed ??= OciJson.Read(Encoding.UTF8.GetBytes(Config), OciJson.Default.OciImageConfig, "its configuration", Id);

    /// <summary>Makes the document of a configuration and its layers.</summary>
    public static ImageDocument Create(ReadOnlySpan<byte> config, IReadOnlyList<ImageLayer> layers) => new()
    {
        Id = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(config)),
        CreatedAt = DateTimeOffset.UtcNow,
        Config = Encoding.UTF8.GetString(config),
        Layers = layers,
    };

    /// <summary>As <see cref="Create(ReadOnlySpan{byte}, IReadOnlyList{ImageLayer})"/>, of a configuration made here.</summary>
    public static ImageDocument Create(OciImageConfig config, IReadOnlyList<ImageLayer> layers) =>
        Create(JsonSerializer.SerializeToUtf8Bytes(config, OciJson.Default.OciImageConfig), layers);

    public Image ToImage(string reference)
    {
        var config = Parsed.Config ?? new OciContainerConfig();
        return new Image
        {
            Reference = reference,
            Id = Id,
            CreatedAt = CreatedAt,
            Created = Parsed.Created,
            Author = Parsed.Author ?? "",
            Architecture = Parsed.Architecture,
            SizeBytes = Layers.Sum(layer => layer.SizeBytes),
            Layers = [.. Layers.Select(layer => "sha256:" + layer.Digest)],
            Entrypoint = config.Entrypoint ?? [],
            Command = config.Cmd ?? [],
            // Docker ignores what is no NAME=value.
            Env = [.. (config.Env ?? []).Where(variable => variable.IndexOf('=') > 0 && !variable.Contains('\0'))],
            WorkingDirectory = config.WorkingDir is { Length: > 0 } directory ? (directory[0] == '/' ? directory : "/" + directory) : "/",
            User = config.User ?? "",
            StopSignal = config.StopSignal is { Length: > 0 } signal ? signal : null,
            Labels = config.Labels ?? [],
            ExposedPorts = [.. (config.ExposedPorts ?? []).Keys.Select(port => port.Contains('/') ? port : port + "/tcp")],
            Volumes = [.. (config.Volumes ?? []).Keys],
            Healthcheck = ImageHealthcheck.From(config.Healthcheck),
        };
    }

    /// <summary>How it came about, newest first; the sizes are those of the layers.</summary>
    public IReadOnlyList<ImageHistoryEntry> ToHistory(string reference)
    {
        var entries = new List<ImageHistoryEntry>();
        var layer = 0;
        foreach (var history in Parsed.History ?? [])
        {
            var own = history.IsEmptyLayer || layer >= Layers.Count ? null : Layers[layer++];
            entries.Add(Describe(history, own));
        }

        // A history is optional, and may be shorter than the list of layers.
        for (; layer < Layers.Count; layer++)
            entries.Add(Describe(new OciHistory(), Layers[layer]));
        entries.Reverse();
        return entries;

        ImageHistoryEntry Describe(OciHistory history, ImageLayer? own) => new()
        {
            Image = reference,
            Created = history.Created,
            CreatedBy = history.CreatedBy ?? "",
            Author = history.Author ?? "",
            Comment = history.Comment ?? "",
            Layer = own is null ? null : "sha256:" + own.Digest,
            SizeBytes = own?.SizeBytes ?? 0,
        };
    }
}
