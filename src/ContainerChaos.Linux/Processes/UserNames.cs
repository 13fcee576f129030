using System.Globalization;

namespace ContainerChaos.Linux;

/// <summary>
/// The names of the host's users, from passwd(5). Not by the C library: a static program would load the host's name service
/// modules, and with them a second C library, which crashes.
/// </summary>
public static class UserNames
{
    /// <summary>A user's name; the number itself when it has none.</summary>
    public static string Of(uint id)
    {
        // Known without a look, which costs more than it tells.
        if (id == 0)
            return "root";
        var number = id.ToString(CultureInfo.InvariantCulture);
        try
        {
            foreach (var line in File.ReadLines("/etc/passwd"))
            {
                // name:password:UID:GID:GECOS:directory:shell
                if (line.Split(':', 4) is [{ Length: > 0 } name, _, var user, _] && user == number)
                    return name;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A number names a user as well.
        }
        return number;
    }
}
