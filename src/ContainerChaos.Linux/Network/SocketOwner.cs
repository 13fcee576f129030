using System.Globalization;

namespace ContainerChaos.Linux;

/// <summary>Finds the process that has a port (proc_net(5), proc_pid_fd(5)).</summary>
public static class SocketOwner
{
    private const string Listening = "0A";

    /// <summary>A process that listens on a TCP port, or has a UDP port, in this thread's network namespace; by whatever address.</summary>
    /// <param name="udp">Whether it is a UDP port.</param>
    /// <param name="port">The port.</param>
    /// <returns>The lowest PID that has the socket; null when none has, or none that this user can look into.</returns>
    public static int? TryFind(bool udp, int port)
    {
        var protocol = udp ? "udp" : "tcp";
        var links = new[] { protocol, protocol + "6" }.SelectMany(table => Inodes($"/proc/thread-self/net/{table}", udp, port)).Select(inode => $"socket:[{inode}]").ToHashSet();
        return links.Count == 0 ? null : ProcessList.Pids().Order().Cast<int?>().FirstOrDefault(pid => Has(pid!.Value, links));
    }

    // "sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …", numbers in hexadecimal.
    private static IEnumerable<string> Inodes(string path, bool udp, int port)
    {
        if (!File.Exists(path))
            yield break;
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [_, var local, _, var state, _, _, _, _, _, var inode, ..] || (!udp && state != Listening))
                continue;
            if (int.TryParse(local.AsSpan(local.LastIndexOf(':') + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) && number == port)
                yield return inode;
        }
    }

    private static bool Has(int pid, HashSet<string> links)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Any(path => new FileInfo(path).LinkTarget is { } target && links.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's.
            return false;
        }
    }
}
