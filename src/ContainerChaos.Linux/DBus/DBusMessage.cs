namespace ContainerChaos.Linux;

/// <summary>A message of the D-Bus wire protocol (D-Bus Specification, Message Format).</summary>
internal sealed record DBusMessage
{
    internal const byte MethodCall = 1, MethodReturn = 2, Error = 3, Signal = 4;

    private const byte Path = 1, Interface = 2, MemberField = 3, ErrorNameField = 4, ReplySerialField = 5, Destination = 6, SignatureField = 8;

    /// <summary>One of the kinds above.</summary>
    internal byte Kind { get; init; }

    /// <summary>The serial of the call that is answered.</summary>
    internal uint ReplySerial { get; init; }

    /// <summary>The method's or the signal's name.</summary>
    internal string Member { get; init; } = "";

    /// <summary>An error's name.</summary>
    internal string ErrorName { get; init; } = "";

    /// <summary>The types of the body.</summary>
    internal string Signature { get; init; } = "";

    /// <summary>The values, from an 8-byte boundary on.</summary>
    internal byte[] Body { get; init; } = [];

    /// <summary>Whether the sender's numbers are big-endian.</summary>
    internal bool IsBigEndian { get; init; }

    /// <summary>How long the fixed part of the header is, with the length of the array of fields.</summary>
    internal const int FixedLength = 16;

    /// <summary>The body's first value, when it is a string.</summary>
    internal string FirstString() => Signature is ['s' or 'o', ..] ? new DBusReader(Body, IsBigEndian).String() : "";

    /// <summary>Marshals a method call.</summary>
    internal static byte[] Call(uint serial, string? destination, string path, string @interface, string member, string signature, byte[] body)
    {
        var message = new DBusWriter();
        message.Byte((byte)'l');
        message.Byte(MethodCall);
        message.Byte(0);
        message.Byte(1);
        message.UInt32((uint)body.Length);
        message.UInt32(serial);
        var fields = new List<(byte Code, string Type, string Value)> { (Path, "o", path), (Interface, "s", @interface), (MemberField, "s", member) };
        if (destination is not null)
            fields.Add((Destination, "s", destination));
        if (signature.Length > 0)
            fields.Add((SignatureField, "g", signature));
        message.Array(8, fields, field =>
        {
            message.Align(8);
            message.Byte(field.Code);
            message.Signature(field.Type);
            if (field.Type == "g")
                message.Signature(field.Value);
            else
                message.String(field.Value);
        });
        message.Align(8);
        message.Bytes(body);
        return message.ToArray();
    }

    /// <summary>The lengths of what follows the fixed part: the header's fields with their filling, and the body.</summary>
    internal static (int Fields, int Body) Lengths(ReadOnlySpan<byte> fixedPart)
    {
        const uint most = 1 << 27; // 128 MiB, "Maximum Message Length"
        var reader = new DBusReader(fixedPart, fixedPart[0] == 'B');
        reader.UInt32();
        var body = reader.UInt32();
        reader.UInt32();
        var fields = reader.UInt32();
        if (fixedPart[0] is not ((byte)'l' or (byte)'B') || body > most || fields > most)
            throw new ErrnoException(Errno.EPROTO, "D-Bus", "(not a message)");
        return ((int)(fields + 7) / 8 * 8, (int)body);
    }

    /// <summary>Reads a message.</summary>
    /// <param name="header">The fixed part and the fields.</param>
    /// <param name="body">The body.</param>
    internal static DBusMessage Parse(ReadOnlySpan<byte> header, byte[] body)
    {
        var bigEndian = header[0] == 'B';
        var message = new DBusMessage { Kind = header[1], Body = body, IsBigEndian = bigEndian };
        var reader = new DBusReader(header, bigEndian);
        for (var i = 0; i < 3; i++)
            reader.UInt32();
        var end = reader.UInt32() + FixedLength;
        while (reader.Position < end)
        {
            reader.Align(8);
            var code = reader.Byte();
            switch (reader.Signature())
            {
                case "s" or "o":
                    var text = reader.String();
                    message = code switch
                    {
                        MemberField => message with { Member = text },
                        ErrorNameField => message with { ErrorName = text },
                        _ => message,
                    };
                    break;
                case "g":
                    message = message with { Signature = reader.Signature() };
                    break;
                case "u":
                    var number = reader.UInt32();
                    if (code == ReplySerialField)
                        message = message with { ReplySerial = number };
                    break;
                default:
                    throw new ErrnoException(Errno.EPROTO, "D-Bus", "(a header field of an unknown type)");
            }
        }
        return message;
    }
}
