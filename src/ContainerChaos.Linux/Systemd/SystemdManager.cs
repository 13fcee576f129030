using System.Globalization;

namespace ContainerChaos.Linux;

/// <summary>systemd's manager, of the system or of this user, over D-Bus (org.freedesktop.systemd1(5)).</summary>
public sealed class SystemdManager : IDisposable
{
    private const string ManagerPath = "/org/freedesktop/systemd1", Service = "org.freedesktop.systemd1";
    private const string Manager = Service + ".Manager", Properties = "org.freedesktop.DBus.Properties";

    private readonly DBusConnection _connection;

    private SystemdManager(DBusConnection connection) => _connection = connection;

    /// <summary>Whether systemd is this host's init (sd_booted(3)).</summary>
    public static bool IsRunning => Directory.Exists("/run/systemd/system");

    /// <summary>Connects: to systemd itself where this user may, else over the message bus.</summary>
    /// <param name="user">This user's manager instead of the system's.</param>
    /// <param name="patience">How long an answer may take.</param>
    /// <exception cref="ErrnoException">Nobody listens on any of the sockets, or this user is not let in.</exception>
    public static SystemdManager Connect(bool user, TimeSpan patience)
    {
        ErrnoException? first = null;
        foreach (var (path, destination) in user ? UserSockets() : [("/run/systemd/private", null), ("/run/dbus/system_bus_socket", Service)])
        {
            try
            {
                var manager = new SystemdManager(DBusConnection.Open(path, destination, patience));
                if (destination is not null)
                    manager.Subscribe();
                return manager;
            }
            catch (ErrnoException e)
            {
                // That a socket is not there says less than that one does not let this user in.
                first = first is null or { Errno: Errno.ENOENT } ? e : first;
            }
        }
        throw first ?? new ErrnoException(Errno.ENOENT, "connect", "(XDG_RUNTIME_DIR and DBUS_SESSION_BUS_ADDRESS are not set)");
    }

    /// <summary>systemd's version, 252 for one; 0 when it does not tell.</summary>
    public int ReadVersion()
    {
        // "252.39-1~deb12u1", or "v252" of a build from the sources.
        var digits = new string([.. ReadProperty(ManagerPath, Manager, "Version").TrimStart('v').TakeWhile(char.IsAsciiDigit)]);
        return int.TryParse(digits, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }

    /// <summary>The group that the manager's own units are below: empty for the system's.</summary>
    public string ReadControlGroup() => ReadProperty(ManagerPath, Manager, "ControlGroup");

    /// <summary>The control group of a scope that runs.</summary>
    public string ReadScopeControlGroup(string unit) => ReadProperty(GetUnit(unit), Service + ".Scope", "ControlGroup");

    /// <summary>Makes a unit of the properties alone, and returns when it is up.</summary>
    /// <exception cref="DBusException">It exists, or a property is refused.</exception>
    /// <exception cref="ErrnoException">ECANCELED: systemd could not start it.</exception>
    public void StartTransientUnit(string unit, IReadOnlyList<SystemdProperty> properties) => AwaitJob(
        unit,
        Call("StartTransientUnit", "ssa(sv)a(sa(sv))", writer =>
        {
            writer.String(unit);
            writer.String("replace");
            writer.Array(8, properties, property => property.WriteTo(writer));
            writer.Array(8, Array.Empty<string>(), _ => { });
        }));

    /// <summary>Stops a unit, its processes with it, and returns when it is down; one that does not exist is no error.</summary>
    public void StopUnit(string unit)
    {
        try
        {
            AwaitJob(unit, Call("StopUnit", "ss", writer =>
            {
                writer.String(unit);
                writer.String("replace");
            }));
        }
        catch (DBusException e) when (e.Name == Service + ".NoSuchUnit")
        {
        }
    }

    /// <summary>Forgets that a unit failed, so that its name is free; one that does not exist is no error.</summary>
    public void ResetFailedUnit(string unit)
    {
        try
        {
            Call("ResetFailedUnit", "s", writer => writer.String(unit));
        }
        catch (DBusException e) when (e.Name == Service + ".NoSuchUnit")
        {
        }
    }

    /// <summary>Changes a unit's properties until it is gone.</summary>
    public void SetUnitProperties(string unit, IReadOnlyList<SystemdProperty> properties) => Call("SetUnitProperties", "sba(sv)", writer =>
    {
        writer.String(unit);
        writer.Boolean(true);
        writer.Array(8, properties, property => property.WriteTo(writer));
    });

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static IEnumerable<(string Path, string? Destination)> UserSockets()
    {
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } directory)
        {
            yield return (directory + "/systemd/private", null);
            yield return (directory + "/bus", Service);
        }
        // A list of addresses such as unix:path=/run/user/1000/bus,guid=… (D-Bus Specification, Server Addresses).
        foreach (var address in (Environment.GetEnvironmentVariable("DBUS_SESSION_BUS_ADDRESS") ?? "").Split(';'))
        {
            if (!address.StartsWith("unix:", StringComparison.Ordinal))
                continue;
            var pairs = address["unix:".Length..].Split(',').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2);
            foreach (var pair in pairs)
            {
                if (pair[0] is "path" or "abstract")
                    yield return ((pair[0] == "abstract" ? "@" : "") + Uri.UnescapeDataString(pair[1]), Service);
            }
        }
    }

    // On a bus, signals come only to those who asked both the manager and the bus for them.
    private void Subscribe()
    {
        _connection.Call(
            "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s",
            writer => writer.String($"type='signal',sender='{Service}',interface='{Manager}',member='JobRemoved'"), "org.freedesktop.DBus");
        Call("Subscribe", "", _ => { });
    }

    private void AwaitJob(string unit, DBusMessage answer)
    {
        var job = answer.FirstString();
        var result = "";
        // JobRemoved(id, job, unit, result)
        _connection.AwaitSignal(signal =>
        {
            if (signal is not { Member: "JobRemoved", Signature: "uoss" })
                return false;
            var reader = new DBusReader(signal.Body, signal.IsBigEndian);
            reader.UInt32();
            if (reader.String() != job)
                return false;
            reader.String();
            result = reader.String();
            return true;
        });
        // "skipped" is a condition of the unit that does not hold; transient scopes have none.
        if (result != "done")
            throw new ErrnoException(Errno.ECANCELED, "systemd", $"(the job of {unit} ended as '{result}'; 'systemctl status {unit}' tells more)");
    }

    private string GetUnit(string unit) => Call("GetUnit", "s", writer => writer.String(unit)).FirstString();

    private string ReadProperty(string path, string @interface, string name)
    {
        var answer = _connection.Call(path, Properties, "Get", "ss", writer =>
        {
            writer.String(@interface);
            writer.String(name);
        });
        var reader = new DBusReader(answer.Body, answer.IsBigEndian);
        return answer.Signature == "v" && reader.Signature() == "s" ? reader.String() : "";
    }

    private DBusMessage Call(string member, string signature, Action<DBusWriter> writeBody) =>
        _connection.Call(ManagerPath, Manager, member, signature, writeBody);
}
