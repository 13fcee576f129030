using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ContainerChaos.Runtime;

/// <summary>Source-generated JSON of the runtime-spec.</summary>
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
    public static RuntimeSpec Read(string path) => Parse(ReadFile(path), path, Default.RuntimeSpec);

    /// <summary>Reads the process to execute in a container, as <c>exec --process</c> takes it.</summary>
    /// <exception cref="ContainerException">As for <see cref="Read"/>.</exception>
    internal static ProcessSpec ReadProcess(string path) => Parse(ReadFile(path), path, Default.ProcessSpec);

    /// <summary>Reads the limits that <c>update --resources</c> takes; <c>-</c> is standard input.</summary>
    /// <exception cref="ContainerException">As for <see cref="Read"/>.</exception>
    internal static ResourcesSpec ReadResources(string path) => path == "-"
        ? Parse(ReadFile("/dev/stdin"), "standard input", Default.ResourcesSpec)
        : Parse(ReadFile(path), path, Default.ResourcesSpec);

    /// <summary>Parses one of the specification's objects.</summary>
    /// <param name="document">The text, UTF-8.</param>
    /// <param name="file">Where it comes from, for messages.</param>
    /// <param name="type">What it is: <c>Default.ResourcesSpec</c> for one.</param>
    /// <exception cref="ContainerException">As for <see cref="Read"/>.</exception>
    internal static T Parse<T>(ReadOnlySpan<byte> document, string file, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var parsed = JsonSerializer.Deserialize(document, type) ?? throw new JsonException();
            return SpecJsonError.FindNullCharacter(document, file) is { } error ? throw error : parsed;
        }
        catch (JsonException e)
        {
            throw SpecJsonError.Describe(e, document, file, type);
        }
    }

    private static byte[] ReadFile(string path)
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
