namespace ContainerChaos.Linux;

/// <summary>What the keys or the data of an nf_tables set are. The kernel looks at the length only; the number tells nft(8) how to print them.</summary>
/// <param name="Number">nft's number of the type; of a concatenation six bits a part.</param>
/// <param name="Length">The length in bytes; each part of a concatenation begins at a multiple of four.</param>
public sealed record NftType(uint Number, int Length)
{
    private const uint Address4 = 7, Address6 = 8, Protocol = 12, Port = 13, Name = 41;

    /// <summary>An address of version 4.</summary>
    public static NftType IPv4 { get; } = new(Address4, 4);

    /// <summary>An address of version 6.</summary>
    public static NftType IPv6 { get; } = new(Address6, 16);

    /// <summary>An interface's name.</summary>
    public static NftType InterfaceName { get; } = new(Name, 16);

    /// <summary>Protocol and port.</summary>
    public static NftType ProtocolAndPort { get; } = new((Protocol << 6) | Port, 8);

    /// <summary>An address, a protocol and a port.</summary>
    public static NftType AddressProtocolAndPort(NftType address) => new((address.Number << 12) | (Protocol << 6) | Port, address.Length + 8);

    /// <summary>An address and a port.</summary>
    public static NftType AddressAndPort(NftType address) => new((address.Number << 6) | Port, address.Length + 4);

    /// <summary>Two interfaces' names.</summary>
    public static NftType TwoInterfaceNames { get; } = new((Name << 6) | Name, 32);

    /// <summary>Text as a fixed field of zero-filled bytes, as interface names are.</summary>
    public static byte[] NameKey(params ReadOnlySpan<string> names)
    {
        var key = new byte[16 * names.Length];
        for (var i = 0; i < names.Length; i++)
            System.Text.Encoding.ASCII.GetBytes(names[i], key.AsSpan(16 * i, 15));
        return key;
    }

    /// <summary>A concatenation of parts: bytes as they are, each filled up to a multiple of four.</summary>
    public static byte[] Concat(params ReadOnlySpan<byte[]> parts)
    {
        var bytes = new List<byte>();
        foreach (var part in parts)
        {
            bytes.AddRange(part);
            while (bytes.Count % 4 != 0)
                bytes.Add(0);
        }
        return [.. bytes];
    }
}
