using System.Globalization;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>
/// A connection to a D-Bus peer, as much of the protocol as a client of systemd needs: one call at a time, its answer, and
/// signals in between. A library for all of D-Bus would be larger than the program.
/// </summary>
internal sealed class DBusConnection : IDisposable
{
    private readonly DBusSocket _socket;
    private readonly string? _destination;
    private readonly TimeSpan _patience;
    private readonly Queue<DBusMessage> _signals = new();
    private uint _serial;

    private DBusConnection(DBusSocket socket, string? destination, TimeSpan patience)
    {
        _socket = socket;
        _destination = destination;
        _patience = patience;
    }

    /// <summary>Connects to a service's own socket, or to a message bus.</summary>
    /// <param name="path">The socket; a leading <c>@</c> is that of the abstract namespace.</param>
    /// <param name="destination">On a bus, the service's name; null on its own socket.</param>
    /// <param name="patience">How long an answer may take.</param>
    /// <exception cref="ErrnoException">ENOENT, ECONNREFUSED, EACCES; EPROTO when the peer does not let this user in.</exception>
    internal static DBusConnection Open(string path, string? destination, TimeSpan patience)
    {
        var connection = new DBusConnection(DBusSocket.Connect(path), destination, patience);
        try
        {
            connection.Authenticate();
            if (destination is not null)
                connection.Call("/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", "", _ => { }, "org.freedesktop.DBus");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Calls a method and waits for its answer.</summary>
    /// <exception cref="DBusException">The peer answers with an error.</exception>
    /// <exception cref="ErrnoException">ETIMEDOUT: no answer came; ECONNRESET: the peer is gone.</exception>
    internal DBusMessage Call(string path, string @interface, string member, string signature, Action<DBusWriter> writeBody, string? destination = null)
    {
        var body = new DBusWriter();
        writeBody(body);
        var serial = ++_serial;
        _socket.WriteAll(DBusMessage.Call(serial, destination ?? _destination, path, @interface, member, signature, body.ToArray()));
        while (true)
        {
            var message = Receive();
            if (message.Kind == DBusMessage.Signal)
                _signals.Enqueue(message);
            if (message.ReplySerial != serial)
                continue;
            return message.Kind == DBusMessage.Error ? throw new DBusException(member, message.ErrorName, message.FirstString()) : message;
        }
    }

    /// <summary>Waits for a signal; others that come before it are passed over.</summary>
    internal DBusMessage AwaitSignal(Func<DBusMessage, bool> wanted)
    {
        while (true)
        {
            var message = _signals.Count > 0 ? _signals.Dequeue() : Receive();
            if (message.Kind == DBusMessage.Signal && wanted(message))
                return message;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>The EXTERNAL mechanism: the peer knows the user from the socket (D-Bus Specification, Authentication Protocol).</summary>
    private void Authenticate()
    {
        // The peer sees the user as the namespace above does.
        var user = UserNamespace.ToOutside((uint)Libc.SystemCall((nint)SystemCallNumber.geteuid)).ToString(CultureInfo.InvariantCulture);
        // All lines at once, as systemd's own clients send them: a call that arrives together with BEGIN may stay unread in
        // systemd's buffer until something else arrives. When the second answer is here, BEGIN has been read.
        _socket.WriteAll(Encoding.ASCII.GetBytes($"\0AUTH EXTERNAL {Convert.ToHexString(Encoding.ASCII.GetBytes(user))}\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n"));
        var answer = ReadLine();
        if (!answer.StartsWith("OK", StringComparison.Ordinal))
            throw new ErrnoException(Errno.EPROTO, "D-Bus", $"(authentication as user {user} was refused: {answer})");
        ReadLine();
    }

    private string ReadLine()
    {
        const int longest = 4096;
        var line = new StringBuilder();
        Span<byte> one = stackalloc byte[1];
        while (line.Length < longest)
        {
            _socket.ReadExactly(one, _patience);
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }
        throw new ErrnoException(Errno.EPROTO, "D-Bus", "(a line without an end)");
    }

    private DBusMessage Receive()
    {
        Span<byte> fixedPart = stackalloc byte[DBusMessage.FixedLength];
        _socket.ReadExactly(fixedPart, _patience);
        var (fields, length) = DBusMessage.Lengths(fixedPart);
        var header = new byte[DBusMessage.FixedLength + fields];
        fixedPart.CopyTo(header);
        _socket.ReadExactly(header.AsSpan(DBusMessage.FixedLength), _patience);
        var body = new byte[length];
        _socket.ReadExactly(body, _patience);
        return DBusMessage.Parse(header, body);
    }
}
