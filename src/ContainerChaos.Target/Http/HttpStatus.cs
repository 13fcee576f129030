namespace ContainerChaos.Target.Http;

/// <summary>The status codes in use (RFC 9110, 15).</summary>
internal static class HttpStatus
{
    /// <summary>The code and its reason phrase, as the status line has them.</summary>
    public static ReadOnlySpan<byte> Line(int status) => status switch
    {
        200 => "200 OK"u8,
        202 => "202 Accepted"u8,
        400 => "400 Bad Request"u8,
        404 => "404 Not Found"u8,
        405 => "405 Method Not Allowed\r\nAllow: GET, HEAD, POST"u8,
        411 => "411 Length Required"u8,
        431 => "431 Request Header Fields Too Large"u8,
        503 => "503 Service Unavailable"u8,
        505 => "505 HTTP Version Not Supported"u8,
        507 => "507 Insufficient Storage"u8,
        _ => "500 Internal Server Error"u8,
    };
}
