namespace ContainerChaos.Linux;

public sealed unsafe partial class ChildProgram
{
    /// <summary>
    /// Appends the search of a password file (passwd(5)) in memory for a user, whose home directory replaces what is at
    /// <paramref name="home"/>; where there is none, that stays as it is.
    /// </summary>
    /// <param name="passwords">The file's text.</param>
    /// <param name="length">A slot with its length in bytes.</param>
    /// <param name="user">The user id.</param>
    /// <param name="home">Where the directory's name goes, ended by a null byte.</param>
    /// <param name="capacity">The room there, in bytes.</param>
    public void FindHome(nint passwords, ChildSlot length, uint user, nint home, int capacity) =>
        Append("find the home directory", ChildCall.FindHome, [passwords, length, user, home, capacity]);

    /// <summary>In the child: no allocation, no call into the runtime.</summary>
    internal static void FindHome(byte* text, long length, long user, byte* home, long capacity)
    {
        for (long line = 0; line < length;)
        {
            var end = line;
            while (end < length && text[end] != '\n')
                end++;
            // name:password:UID:GID:GECOS:directory:shell
            if (Field(text, line, end, 2, out var from, out var to) && Number(text, from, to) == user
                && Field(text, line, end, 5, out from, out to) && to > from && to - from < capacity && text[from] == '/')
            {
                for (var i = from; i < to; i++)
                    home[i - from] = text[i];
                home[to - from] = 0;
                return;
            }
            line = end + 1;
        }
    }

    private static bool Field(byte* text, long line, long end, int field, out long from, out long to)
    {
        from = to = line;
        for (var n = 0; n < field; n++)
        {
            while (from < end && text[from] != ':')
                from++;
            if (from >= end)
                return false;
            from++;
        }
        to = from;
        while (to < end && text[to] != ':')
            to++;
        return true;
    }

    private static long Number(byte* text, long from, long to)
    {
        if (from == to || to - from > 10)
            return -1;
        var number = 0L;
        for (var i = from; i < to; i++)
        {
            if (text[i] is < (byte)'0' or > (byte)'9')
                return -1;
            number = (number * 10) + text[i] - '0';
        }
        return number;
    }
}
