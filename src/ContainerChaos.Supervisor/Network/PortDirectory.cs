using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// Which container has which published port, by symbolic links below the run root. The listening socket alone decides who has it; the links tell
/// others, and which of two containers a port belongs to that is on its way from one to the other.
/// </summary>
/// <remarks>Each network namespace has all ports; so the folder is that of this thread's.</remarks>
internal sealed class PortDirectory(NetworkDirectory networks)
{
    private readonly string _folder = Path.Combine(networks.RunDirectory, "ports", string.Concat(new FileInfo("/proc/thread-self/ns/net").LinkTarget!.Where(char.IsAsciiDigit)));

    /// <summary>Held while a port's link and its packet rule change: they always agree.</summary>
    internal FileLock Lock()
    {
        Directory.CreateDirectory(_folder);
        return FileLock.Exclusive(Path.Combine(Path.GetDirectoryName(_folder)!, "lock"));
    }

    /// <summary>Who has a port: their container's id and name; null when it is none of ours.</summary>
    internal (string Id, string Name)? OwnerOf(PortMapping port) => Read(LinkOf(port));

    /// <summary>The same of a port of any address.</summary>
    internal (string Id, string Name)? AnyOwnerOf(PortMapping port) => OwnerOf(port) ?? (Directory.Exists(_folder)
        ? Directory.EnumerateFileSystemEntries(_folder, $"{port.HostPort}-{port.Protocol}*").Select(Read).FirstOrDefault(owner => owner is not null)
        : null);

    /// <summary>Writes down who has a port, in place of whoever had it.</summary>
    internal void Claim(PortMapping port, ContainerDefinition container)
    {
        var link = LinkOf(port);
        var draft = $"{link}.{Environment.ProcessId}";
        File.Delete(draft);
        File.CreateSymbolicLink(draft, $"{container.Id}/{container.Name}");
        File.Move(draft, link, overwrite: true);
    }

    /// <summary>Strikes it out.</summary>
    internal void Release(PortMapping port)
    {
        File.Delete(LinkOf(port));
        if (!Directory.EnumerateFileSystemEntries(_folder).Any())
            Directory.Delete(_folder);
    }

    /// <summary>All ports that are published, by the states of the containers that have them.</summary>
    internal IEnumerable<(PortMapping Port, PortTarget Target)> Published()
    {
        if (!Directory.Exists(_folder))
            yield break;
        var containers = Path.Combine(Path.GetDirectoryName(networks.DataDirectory)!, "containers");
        foreach (var id in Directory.EnumerateFileSystemEntries(_folder).Select(Read).OfType<(string Id, string Name)>().Select(owner => owner.Id).Distinct())
        {
            if (JsonFile.TryRead(Path.Combine(containers, id, "state.json"), SupervisorJson.ContainerState) is not { } state)
                continue;
            var target = PortTarget.Of(state.Endpoints);
            foreach (var port in state.Ports.Where(port => OwnerOf(port)?.Id == id))
                yield return (port, target);
        }
    }

    private static (string Id, string Name)? Read(string link) => new FileInfo(link).LinkTarget?.Split('/') is [var id, var name] ? (id, name) : null;

    private string LinkOf(PortMapping port) => Path.Combine(_folder, $"{port.HostPort}-{port.Protocol}" + (port.HostAddress is null ? "" : $"-{IPAddress.Parse(port.HostAddress)}"));
}
