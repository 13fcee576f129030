using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace ContainerChaos.Supervisor;

/// <summary>What the embedded name server reads and writes of DNS messages (RFC 1035, section 4).</summary>
internal static class DnsMessage
{
    internal const ushort A = 1, Ptr = 12, Aaaa = 28, Option = 41, Any = 255;
    internal const byte NoError = 0, FormatError = 1, ServerFailure = 2, NameError = 3;

    private const int HeaderSize = 12;
    private const ushort Internet = 1;

    /// <summary>How long an answer may be remembered, in seconds: Docker's.</summary>
    private const uint TimeToLive = 600;

    /// <summary>Reads a query's only question.</summary>
    /// <param name="message">The message.</param>
    /// <param name="name">The name in lower case, without the last dot.</param>
    /// <param name="type">What is asked for.</param>
    /// <param name="end">Where the question ends.</param>
    /// <returns>False for anything but a plain question of the internet class.</returns>
    internal static bool TryReadQuestion(ReadOnlySpan<byte> message, out string name, out ushort type, out int end)
    {
        name = "";
        type = 0;
        end = 0;
        // A response, or an operation other than a query; or none or several questions.
        if (message.Length < HeaderSize || (message[2] & 0xF8) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
            return false;
        var text = new StringBuilder();
        var at = HeaderSize;
        while (true)
        {
            if (at >= message.Length)
                return false;
            int length = message[at++];
            if (length == 0)
                break;
            // 63 and above point elsewhere, which the first name of a message can't.
            if (length > 63 || at + length > message.Length || text.Length + length > 255)
                return false;
            if (text.Length > 0)
                text.Append('.');
            foreach (var letter in message.Slice(at, length))
                text.Append((char)(letter is >= (byte)'A' and <= (byte)'Z' ? letter | 0x20 : letter));
            at += length;
        }
        if (at + 4 > message.Length)
            return false;
        type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
        end = at + 4;
        name = text.ToString();
        return BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]) == Internet;
    }

    /// <summary>Makes the answer to a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="end">Where its question ends.</param>
    /// <param name="code">The response code.</param>
    /// <param name="records">The answers' types and data.</param>
    internal static byte[] Answer(ReadOnlySpan<byte> query, int end, byte code, params ReadOnlySpan<(ushort Type, byte[] Data)> records)
    {
        using var answer = new MemoryStream();
        answer.Write(query[..Math.Max(end, HeaderSize)]);
        Span<byte> record = stackalloc byte[12];
        foreach (var (type, data) in records)
        {
            // The name is the question's, by a pointer.
            BinaryPrimitives.WriteUInt16BigEndian(record, 0xC000 | HeaderSize);
            BinaryPrimitives.WriteUInt16BigEndian(record[2..], type);
            BinaryPrimitives.WriteUInt16BigEndian(record[4..], Internet);
            BinaryPrimitives.WriteUInt32BigEndian(record[6..], TimeToLive);
            BinaryPrimitives.WriteUInt16BigEndian(record[10..], (ushort)data.Length);
            answer.Write(record);
            answer.Write(data);
        }
        var bytes = answer.ToArray();
        const byte response = 0x80, recursionAvailable = 0x80, recursionDesired = 0x01;
        bytes[2] = (byte)(response | (bytes[2] & recursionDesired));
        bytes[3] = (byte)(recursionAvailable | code);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), (ushort)(end > 0 ? 1 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), (ushort)records.Length);
        bytes.AsSpan(8, 4).Clear();
        return bytes;
    }

    /// <summary>How long an answer may be in one datagram: 512 bytes, or what the query allows by an OPT record (RFC 6891, 6.1.2), 1232 at most.</summary>
    internal static int DatagramLimit(ReadOnlySpan<byte> query, int end)
    {
        const int usual = 512, maximum = 1232;
        // The only additional record, whose name is the root's.
        return BinaryPrimitives.ReadUInt16BigEndian(query[10..]) == 1 && query.Length >= end + 11 && query[end] == 0 && BinaryPrimitives.ReadUInt16BigEndian(query[(end + 1)..]) == Option
            ? Math.Clamp((int)BinaryPrimitives.ReadUInt16BigEndian(query[(end + 3)..]), usual, maximum)
            : usual;
    }

    /// <summary>An answer as it is, or one without records that says it was too long: then the client asks by TCP (RFC 2181, 9).</summary>
    internal static ReadOnlySpan<byte> Truncate(byte[] answer, int end, int limit)
    {
        if (answer.Length <= limit)
            return answer;
        const byte truncated = 0x02;
        answer[2] |= truncated;
        answer.AsSpan(6, 6).Clear();
        return answer.AsSpan(0, end);
    }

    /// <summary>A name as data of a record.</summary>
    internal static byte[] Name(string name)
    {
        var bytes = new List<byte>();
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)Math.Min(label.Length, 63));
            bytes.AddRange(Encoding.ASCII.GetBytes(label[..Math.Min(label.Length, 63)]));
        }
        return [.. bytes, 0];
    }

    /// <summary>The address that a name of <c>in-addr.arpa</c> or <c>ip6.arpa</c> is the reverse of.</summary>
    internal static IPAddress? TryReadReverse(string name)
    {
        var labels = name.Split('.');
        if (labels is [var d, var c, var b, var a, "in-addr", "arpa"])
            return IPAddress.TryParse($"{a}.{b}.{c}.{d}", out var address) ? address : null;
        if (labels.Length != 34 || labels[^2] != "ip6" || labels[^1] != "arpa" || labels.Take(32).Any(label => label.Length != 1 || !char.IsAsciiHexDigit(label[0])))
            return null;
        var bytes = new byte[16];
        for (var i = 0; i < 16; i++)
            bytes[15 - i] = byte.Parse(labels[(2 * i) + 1] + labels[2 * i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return new IPAddress(bytes);
    }
}
