using System.Buffers.Text;

namespace ContainerChaos.Target.Http;

/// <summary>Reads request heads (RFC 9112), strictly: whatever two readers could understand in two ways is refused with 400.</summary>
internal static class RequestParser
{
    /// <summary>The longest head that is read; a longer one gets 431.</summary>
    public const int MaximumHead = 8192;

    /// <summary>Looks for a complete head at the start of the buffer.</summary>
    public static ParseStatus Parse(ReadOnlySpan<byte> buffer, ref RequestHead head)
    {
        head = default;

        // RFC 9112, 2.2: an empty line before the request line is skipped.
        int skipped = buffer.StartsWith("\r\n"u8) ? 2 : 0;
        int end = buffer[skipped..].IndexOf("\r\n\r\n"u8);
        if (end > MaximumHead || (end < 0 && buffer.Length - skipped > MaximumHead))
            return Refuse(ref head, 431, "the request head is longer than 8192 bytes");
        if (end < 0) return IsHopeless(buffer[skipped..]) ? Refuse(ref head, 400, "not HTTP/1.x") : ParseStatus.Incomplete;

        head.Length = skipped + end + 4;
        ReadOnlySpan<byte> lines = buffer.Slice(skipped, end + 2);
        int lineEnd = lines.IndexOf("\r\n"u8);
        if (!ParseRequestLine(lines[..lineEnd], ref head, out bool isHttp11)) return ParseStatus.Complete;
        ParseFields(lines[(lineEnd + 2)..], isHttp11, ref head);
        return ParseStatus.Complete;
    }

    private static bool ParseRequestLine(ReadOnlySpan<byte> line, ref RequestHead head, out bool isHttp11)
    {
        isHttp11 = false;
        int first = line.IndexOf((byte)' ');
        int last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last == first) return Bad(ref head, "malformed request line");
        ReadOnlySpan<byte> method = line[..first];
        ReadOnlySpan<byte> target = line[(first + 1)..last];
        ReadOnlySpan<byte> version = line[(last + 1)..];
        if (!IsToken(method)) return Bad(ref head, "malformed method");
        if (version.Length != 8 || !version.StartsWith("HTTP/"u8) || version[6] != '.') return Bad(ref head, "malformed version");
        if (version[5] != '1')
        {
            Refuse(ref head, 505, "only HTTP/1.x is spoken here");
            return false;
        }

        isHttp11 = version[7] != '0';
        head.KeepAlive = isHttp11;
        head.IsHead = method.SequenceEqual("HEAD"u8);

        // RFC 9112, 3.2.2: a server takes the absolute form too.
        if (target.StartsWith("http://"u8))
        {
            int slash = target[7..].IndexOf((byte)'/');
            target = slash < 0 ? "/"u8 : target[(7 + slash)..];
        }

        if (target.IsEmpty || target[0] != '/' || target.IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0) return Bad(ref head, "malformed request target");
        int question = target.IndexOf((byte)'?');
        head.Path = question < 0 ? target : target[..question];
        head.Query = question < 0 ? default : target[(question + 1)..];
        if (!head.IsHead && !method.SequenceEqual("GET"u8) && !method.SequenceEqual("POST"u8)) SetRefusal(ref head, 405, "use GET, HEAD or POST");
        return true;
    }

    private static void ParseFields(ReadOnlySpan<byte> lines, bool isHttp11, ref RequestHead head)
    {
        int hosts = 0;
        bool hasLength = false;
        while (!lines.IsEmpty)
        {
            int lineEnd = lines.IndexOf("\r\n"u8);
            ReadOnlySpan<byte> line = lines[..lineEnd];
            lines = lines[(lineEnd + 2)..];
            int colon = line.IndexOf((byte)':');

            // No blank before the colon, no folded line (RFC 9112, 5.1 and 5.2), no bare CR, LF or NUL.
            if (colon <= 0 || !IsToken(line[..colon]) || line.ContainsAny((byte)'\r', (byte)'\n', (byte)0))
            {
                Bad(ref head, "malformed header field");
                return;
            }

            ReadOnlySpan<byte> name = line[..colon];
            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            if (Is(name, "host"u8))
            {
                hosts++;
            }
            else if (Is(name, "connection"u8))
            {
                if (HasOption(value, "close"u8)) head.KeepAlive = false;
                else if (HasOption(value, "keep-alive"u8)) head.KeepAlive = true;
            }
            else if (Is(name, "content-length"u8))
            {
                bool isNumber = Utf8Parser.TryParse(value, out long length, out int used) && used == value.Length && value[0] is >= (byte)'0' and <= (byte)'9';
                if (!isNumber || (hasLength && length != head.ContentLength))
                {
                    Bad(ref head, "malformed Content-Length");
                    return;
                }

                head.ContentLength = length;
                hasLength = true;
            }
            else if (Is(name, "transfer-encoding"u8))
            {
                Refuse(ref head, 411, "bodies need a Content-Length here");
                return;
            }
        }

        if (hosts > 1 || (hosts == 0 && isHttp11)) Bad(ref head, "HTTP/1.1 needs exactly one Host field");
    }

    /// <summary>True when no further bytes can make a request of it: a TLS handshake, say, or lines that end in a bare LF.</summary>
    private static bool IsHopeless(ReadOnlySpan<byte> buffer)
    {
        if (buffer.IsEmpty || buffer is [(byte)'\r']) return false;
        if (!IsTokenByte(buffer[0])) return true;
        int feed = buffer.IndexOf((byte)'\n');
        return feed > 0 && buffer[feed - 1] != '\r';
    }

    // Where the next request starts is no longer known, or not worth knowing: the connection ends with the answer.
    private static ParseStatus Refuse(ref RequestHead head, int status, string reason)
    {
        SetRefusal(ref head, status, reason);
        head.KeepAlive = false;
        head.ContentLength = 0;
        return ParseStatus.Complete;
    }

    private static bool Bad(ref RequestHead head, string reason)
    {
        Refuse(ref head, 400, reason);
        return false;
    }

    private static void SetRefusal(ref RequestHead head, int status, string reason)
    {
        head.Refusal = status;
        head.Reason = reason;
    }

    private static bool HasOption(ReadOnlySpan<byte> list, ReadOnlySpan<byte> option)
    {
        while (!list.IsEmpty)
        {
            int comma = list.IndexOf((byte)',');
            if (Is((comma < 0 ? list : list[..comma]).Trim(" \t"u8), option)) return true;
            list = comma < 0 ? default : list[(comma + 1)..];
        }

        return false;
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase) => System.Text.Ascii.EqualsIgnoreCase(text, lowerCase);

    private static bool IsToken(ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
        {
            if (!IsTokenByte(b)) return false;
        }

        return true;
    }

    private static bool IsTokenByte(byte b) => char.IsAsciiLetterOrDigit((char)b) || "!#$%&'*+-.^_`|~"u8.Contains(b);
}
