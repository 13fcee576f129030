using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>The runtime-spec as JSON: written by the source-generated serializer, read by a reader of our own.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true, // as in Go, where the other runtimes and their clients come from
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(RuntimeSpec))]
public sealed partial class RuntimeSpecJson : JsonSerializerContext
{
    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <exception cref="ContainerException">
    /// It is missing or not a runtime-spec (<see cref="ErrorReason.InvalidArgument"/>); the message names the file and the field's path.
    /// </exception>
    public static RuntimeSpec Read(string path) => Parse(ReadFile(path), path);

    /// <summary>Reads the process to execute in a container, as <c>exec --process</c> takes it.</summary>
    /// <exception cref="ContainerException">As for <see cref="Read"/>.</exception>
    internal static ProcessSpec ReadProcess(string path) => SpecReader.Parse(ReadFile(path), path, SpecDocument.Process);

    /// <summary>Reads a process that is part of another document.</summary>
    /// <exception cref="ContainerException">As for <see cref="Read"/>.</exception>
    public static ProcessSpec ReadProcess(ref SpecReader reader) => SpecDocument.Process(ref reader);

    /// <summary>Reads the limits that <c>update --resources</c> takes; <c>-</c> is standard input.</summary>
    /// <exception cref="ContainerException">As for <see cref="Read"/>.</exception>
    internal static ResourcesSpec ReadResources(string path) => path == "-"
        ? SpecReader.Parse(ReadFile("/dev/stdin"), "standard input", SpecDocument.Resources)
        : SpecReader.Parse(ReadFile(path), path, SpecDocument.Resources);

    /// <summary>Reads the list of mounts that <c>mounts add</c> takes.</summary>
    /// <exception cref="ContainerException">As for <see cref="Read"/>.</exception>
    internal static IReadOnlyList<MountSpec> ReadMounts(string path) => Parse([.. """{"mounts":"""u8, .. ReadFile(path), (byte)'}'], path).Mounts;

    /// <summary>Parses a specification.</summary>
    /// <param name="document">The text, UTF-8.</param>
    /// <param name="file">Where it comes from, for messages.</param>
    /// <exception cref="ContainerException">As for <see cref="Read"/>.</exception>
    internal static RuntimeSpec Parse(ReadOnlySpan<byte> document, string file) => SpecReader.Parse(document, file, SpecDocument.Runtime);

    /// <summary>Reads the text of one of these documents.</summary>
    /// <exception cref="ContainerException">As for <see cref="Read"/>.</exception>
    internal static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ContainerException(ErrorReason.InvalidArgument, $"{path}: no such file or directory.", path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ContainerException(ErrorReason.InvalidArgument, $"{path}: {e.Message}", path, e);
        }
    }
}
