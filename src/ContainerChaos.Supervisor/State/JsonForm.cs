using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>How a document of one type is read and written: by hand, or by the serializer.</summary>
/// <typeparam name="T">The type.</typeparam>
/// <remarks>
/// By hand is what every monitor does at its start and its end: the serializer's metadata of these types was a quarter of the processor time of a
/// container's life (docs/decisions/0092). A test holds it to the properties of the types.
/// </remarks>
public sealed class JsonForm<T>
    where T : class
{
    private readonly Reading _read;
    private readonly Func<T, byte[]> _write;

    internal JsonForm(SpecReader.Reading<T> read, Action<JsonText, T> write)
    {
        _read = (document, subject) => SpecReader.Parse(document, subject, read, takesNull: true);
        _write = value => new JsonText(indented: false).Object(json => write(json, value)).ToBytes();
    }

    /// <summary>The serializer's, of a type that no container's start waits for.</summary>
    public JsonForm(JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        _read = (document, subject) =>
        {
            try
            {
                return JsonSerializer.Deserialize(document, type) ?? throw new JsonException("it says null");
            }
            catch (JsonException e)
            {
                throw new ContainerException(ErrorReason.InvalidArgument, $"{subject}: {e.Message}", subject, e);
            }
        };
        _write = value => JsonSerializer.SerializeToUtf8Bytes(value, type);
    }

    private delegate T Reading(ReadOnlySpan<byte> document, string subject);

    /// <summary>The document, UTF-8, on one line.</summary>
    public byte[] ToBytes(T value) => _write(value);

    /// <summary>Reads a document; what it does not know in it is skipped.</summary>
    /// <param name="document">The text, UTF-8.</param>
    /// <param name="subject">Where it comes from, for messages.</param>
    /// <exception cref="ContainerException">InvalidArgument: it is not one of these; the message names the place.</exception>
    public T Read(ReadOnlySpan<byte> document, string subject) => _read(document, subject);
}
