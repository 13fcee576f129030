namespace ContainerChaos.Linux;

/// <summary>A property of a systemd unit, with its type (org.freedesktop.systemd1(5), systemd.resource-control(5)).</summary>
public sealed class SystemdProperty
{
    private readonly string _signature;
    private readonly Action<DBusWriter> _write;

    private SystemdProperty(string name, string signature, Action<DBusWriter> write)
    {
        Name = name;
        _signature = signature;
        _write = write;
    }

    /// <summary>The name, such as <c>MemoryMax</c>.</summary>
    public string Name { get; }

    /// <summary>A text.</summary>
    public static SystemdProperty Of(string name, string value) => new(name, "s", writer => writer.String(value));

    /// <summary>Yes or no.</summary>
    public static SystemdProperty Of(string name, bool value) => new(name, "b", writer => writer.Boolean(value));

    /// <summary>A number; the largest one is "infinity".</summary>
    public static SystemdProperty Of(string name, ulong value) => new(name, "t", writer => writer.UInt64(value));

    /// <summary>Process ids and the like.</summary>
    public static SystemdProperty Of(string name, IReadOnlyList<uint> value) => new(name, "au", writer => writer.Array(4, value, writer.UInt32));

    /// <summary>A bit mask, the lowest byte first.</summary>
    public static SystemdProperty Of(string name, byte[] value) => new(name, "ay", writer => writer.Array(1, value, writer.Byte));

    /// <summary>Texts.</summary>
    public static SystemdProperty Of(string name, IReadOnlyList<string> value) => new(name, "as", writer => writer.Array(4, value, writer.String));

    /// <summary>Pairs of texts, a device and what may be done with it for one.</summary>
    public static SystemdProperty Of(string name, IReadOnlyList<(string, string)> value) => new(name, "a(ss)", writer => writer.Array(8, value, pair =>
    {
        writer.Align(8);
        writer.String(pair.Item1);
        writer.String(pair.Item2);
    }));

    /// <summary>Writes it as <c>(sv)</c>.</summary>
    internal void WriteTo(DBusWriter writer)
    {
        writer.Align(8);
        writer.String(Name);
        writer.Signature(_signature);
        _write(writer);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
