using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ContainerChaos.Engine.Tests;

/// <summary>Makes image archives by hand, right ones and wrong ones.</summary>
internal sealed class ArchiveBuilder(string directory)
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal) { ["oci-layout"] = """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray() };

    public static string Machine => OciPlatform.Current.Architecture;

    public Dictionary<string, byte[]> Files => _files;

    /// <summary>A layer's archive: paths that end with a slash are directories.</summary>
    public static byte[] Layer(params (string Path, string Content)[] entries) => Pack([.. entries.Select(entry => (entry.Path, Encoding.UTF8.GetBytes(entry.Content)))]);

    public static byte[] Compress(byte[] content, string? compression)
    {
        var target = new MemoryStream();
        using (Stream stream = compression switch
        {
            "gzip" => new GZipStream(target, CompressionLevel.Fastest),
            "zstd" => new ZstdSharp.CompressionStream(target, leaveOpen: true),
            _ => new BufferedStream(target),
        })
            stream.Write(content);
        return target.ToArray();
    }

    /// <summary>The configuration of an image of some layers.</summary>
    public static byte[] Config(IEnumerable<byte[]> layers, string? architecture = null, string settings = "{}") => Encoding.UTF8.GetBytes(
        $$$"""{"architecture":"{{{architecture ?? Machine}}}","os":"linux","config":{{{settings}}},"rootfs":{"type":"layers","diff_ids":[{{{string.Join(',', layers.Select(layer => $"\"{ContentDigest.Of(layer)}\""))}}}]}}""");

    /// <summary>Adds a blob and says what points at it.</summary>
    public JsonObject Blob(byte[] content, string mediaType)
    {
        _files["blobs/" + ContentDigest.Of(content).Replace(':', '/')] = content;
        return new JsonObject { ["mediaType"] = mediaType, ["digest"] = ContentDigest.Of(content), ["size"] = content.Length };
    }

    /// <summary>Adds a manifest with its layers and says what points at it.</summary>
    public JsonObject Manifest(byte[][] layers, string? compression = null, string? architecture = null, string settings = "{}") => Blob(Json(new JsonObject
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = OciManifest.ManifestType,
        ["config"] = Blob(Config(layers, architecture, settings), OciManifest.ConfigType),
        ["layers"] = new JsonArray([.. layers.Select(layer => Blob(Compress(layer, compression), OciManifest.LayerType + (compression is null ? "" : "+" + compression)))]),
    }), OciManifest.ManifestType);

    public static JsonObject Named(JsonObject descriptor, string name)
    {
        descriptor["annotations"] = new JsonObject { [OciManifest.FullNameAnnotation] = name };
        return descriptor;
    }

    public static JsonObject For(JsonObject descriptor, string architecture, string? variant = null)
    {
        descriptor["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = architecture };
        if (variant is not null)
            descriptor["platform"]!["variant"] = variant;
        return descriptor;
    }

    public static byte[] Index(params JsonObject[] manifests) => Json(new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = OciManifest.IndexType, ["manifests"] = new JsonArray([.. manifests]) });

    public static byte[] Json(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node);

    /// <summary>Writes everything into a tar file, compressed or not.</summary>
    public string Tar(string name, string? compression = null)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllBytes(path, Compress(Pack([.. _files.Select(file => (file.Key, file.Value))]), compression));
        return path;
    }

    /// <summary>Writes everything into a directory.</summary>
    public string Folder(string name)
    {
        foreach (var (file, content) in _files)
        {
            var path = Path.Combine(directory, name, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }

        return Path.Combine(directory, name);
    }

    private static byte[] Pack((string Path, byte[] Content)[] entries)
    {
        var bytes = new MemoryStream();
        foreach (var (path, content) in entries)
        {
            var isDirectory = path.EndsWith('/');
            bytes.Write(TarHeaderWriter.Make(new TarHeader { Name = path, Type = isDirectory ? '5' : '0', Mode = isDirectory ? 0x1EDu : 0x1A4u, Size = content.Length, ModifiedSeconds = 1_700_000_000 }));
            bytes.Write(content);
            bytes.Write(new byte[TarBlock.Padding(content.Length)]);
        }

        bytes.Write(TarHeaderWriter.End);
        return bytes.ToArray();
    }
}
