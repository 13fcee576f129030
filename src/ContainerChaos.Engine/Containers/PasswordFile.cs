using System.Globalization;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>The users of a container by its own <c>/etc/passwd</c> (passwd(5)), which it may have changed since its image was made.</summary>
internal sealed record PasswordFile(IReadOnlyList<PasswordFile.User> Users)
{
    private const int Limit = 1 << 20;

    /// <summary>A line: name, password, UID, GID, GECOS, directory, shell.</summary>
    internal sealed record User(string Name, uint UserId, string Home, string Shell);

    /// <summary>Reads the file below a root, of which nothing leads out. What is no readable file has no users.</summary>
    public static PasswordFile Read(UnixDirectory root)
    {
        try
        {
            using var file = root.TryOpenRegularFileInRoot("etc/passwd");
            if (file is null)
                return new PasswordFile([]);
            using var reader = new StreamReader(new FileStream(file, FileAccess.Read, bufferSize: 0), Encoding.UTF8);
            var text = new char[Limit];
            return Parse(new string(text, 0, reader.ReadBlock(text, 0, Limit)));
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException)
        {
            return new PasswordFile([]);
        }
    }

    /// <summary>The name of a user; their number where they have none.</summary>
    public string NameOf(uint id) => Users.FirstOrDefault(user => user.UserId == id)?.Name ?? id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads the text; lines that are none of the form are left out.</summary>
    public static PasswordFile Parse(string text) => new([.. text.Split('\n')
        .Select(line => line.TrimEnd('\r').Split(':'))
        .Where(fields => fields.Length >= 7 && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .Select(fields => new User(fields[0], uint.Parse(fields[2], CultureInfo.InvariantCulture), fields[5], fields[6]))]);
}
