using System.Text;
using System.Text.Json.Nodes;

namespace ContainerChaos.Runtime.Tests;

/// <summary>Makes hostile specifications out of good ones: by structure, so that they get far, and by bytes, so that nothing is taken for granted.</summary>
internal sealed class SpecMutator(int seed, IReadOnlyList<byte[]> corpus)
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1", "2", "7", "255", "65535", "65536", "4294967295", "4294967296", "9223372036854775807", "-9223372036854775808",
        "18446744073709551615", "18446744073709551616", "1e300", "1.5", "-0", "\"\"", "\"/\"", "\"..\"", "\"../../etc\"", "\"/proc/self/fd/0\"", "\"/dev/null\"", "\"a/../../b\"",
        "\"\\n\"", "\"=\"", "\"%s%n\"", "\"é\\uD83D\\uDE00\"", "[]", "{}", "[null]", "[[]]", "[{}]", "{\"\":\"\"}", "{\"a\":null}", "[\"\"]", "\"0-99999999\"", "\"0-3,7\"", "\",\"", "\"-\"",
        "\"bind\"", "\"rbind\"", "\"cgroup\"", "\"cgroup2\"", "\"overlay\"", "\"idmap=uids=@0-1-1\"", "\"tmpcopyup\"", "\"user\"", "\"mount\"", "\"SCMP_ACT_NOTIFY\"", "\"SCMP_ACT_ERRNO\"",
        "\"CAP_SYS_ADMIN\"", "\"RLIMIT_NOFILE\"", "\"/proc/self/ns/mnt\"", "\"/proc/1/ns/user\"", "\"1.0.0\"", "\"SCHED_FIFO\"",
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next document.</summary>
    internal byte[] Next()
    {
        var original = corpus[_random.Next(corpus.Count)];
        if (_random.Next(4) == 0)
            return Bytes(original);
        var document = Parse(original);
        for (var changes = 1 + _random.Next(4); changes > 0 && document is not null; changes--)
            Change(document);
        var text = Encoding.UTF8.GetBytes(document?.ToJsonString() ?? "null");
        return _random.Next(20) == 0 ? Bytes(text) : text;
    }

    private static JsonNode? Parse(byte[] text)
    {
        try
        {
            return JsonNode.Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text));
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>One change somewhere: a value replaced, taken away, doubled, or grafted from elsewhere in the corpus.</summary>
    private void Change(JsonNode document)
    {
        var places = new List<(JsonNode Parent, object Key)>();
        Collect(document, places);
        if (places.Count == 0)
            return;
        var (parent, key) = places[_random.Next(places.Count)];
        switch (_random.Next(6))
        {
            case 0:
                if (parent is JsonObject from)
                    from.Remove((string)key);
                else
                    parent.AsArray().RemoveAt((int)key);
                break;
            case 1 when parent is JsonArray list:
                list.Add(list[(int)key]?.DeepClone());
                break;
            case 2:
                var other = Parse(corpus[_random.Next(corpus.Count)]);
                var grafts = new List<(JsonNode Parent, object Key)>();
                if (other is not null)
                    Collect(other, grafts);
                if (grafts.Count > 0)
                    Set(parent, key, Get(grafts[_random.Next(grafts.Count)])?.DeepClone());
                break;
            case 3 when Get((parent, key)) is JsonValue value && value.TryGetValue<string>(out var text):
                Set(parent, key, JsonValue.Create(text.Length == 0 || _random.Next(2) == 0
                    ? text + new string("/.%=-,: \tx"[_random.Next(10)], 1 << _random.Next(14))
                    : text[.._random.Next(text.Length)]));
                break;
            default:
                Set(parent, key, JsonNode.Parse(Values[_random.Next(Values.Length)]));
                break;
        }
    }

    private static JsonNode? Get((JsonNode Parent, object Key) place) =>
        place.Key is string name ? place.Parent[name] : place.Parent[(int)place.Key];

    private static void Set(JsonNode parent, object key, JsonNode? value)
    {
        if (key is string name)
            parent[name] = value;
        else
            parent[(int)key] = value;
    }

    private static void Collect(JsonNode node, List<(JsonNode Parent, object Key)> places)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (name, value) in map)
                {
                    places.Add((map, name));
                    if (value is not null)
                        Collect(value, places);
                }
                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    places.Add((list, i));
                    if (list[i] is { } value)
                        Collect(value, places);
                }
                break;
        }
    }

    private byte[] Bytes(byte[] original)
    {
        var bytes = original.ToList();
        for (var changes = 1 + _random.Next(6); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = _random.Next(bytes.Count);
            switch (_random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + _random.Next(16)));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Values[_random.Next(Values.Length)]));
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(at, "\\u0000"u8.ToArray());
                    break;
            }
        }
        return [.. bytes];
    }
}
