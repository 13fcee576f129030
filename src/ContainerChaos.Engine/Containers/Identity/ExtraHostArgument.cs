using System.Net;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>A line of a container's <c>/etc/hosts</c>, as Docker's <c>--add-host</c> writes it: <c>name:address</c>, <c>name=address</c>, <c>name:host-gateway</c>.</summary>
internal static class ExtraHostArgument
{
    /// <summary>Reads one.</summary>
    /// <returns><c>name:address</c>, as <see cref="ContainerNetworks.ExtraHosts"/> has it.</returns>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    public static string Parse(string text, string target)
    {
        const string remedy = "Write NAME:ADDRESS, such as db:10.0.0.5 or db:fd00::5, or NAME:host-gateway for the host.";
        // The first of the two says where the name ends: an address of version 6 has colons of its own.
        var end = text.IndexOfAny([':', '=']);
        if (end <= 0 || end == text.Length - 1)
            throw EngineErrors.Option("AddHost", text, "is not of the form", target, remedy);
        var (name, address) = (text[..end], text[(end + 1)..]);
        if (name.Any(letter => char.IsWhiteSpace(letter) || letter is '#' or '\0'))
            throw EngineErrors.Option("AddHost", text, "has a name that no file of hosts can hold", target, remedy);
        if (address == NetworkFiles.HostGateway)
            return $"{name}:{address}";
        return IPAddress.TryParse(address.Trim('[', ']'), out var known)
            ? $"{name}:{known}"
            : throw EngineErrors.Option("AddHost", text, $"has something that is no address: '{address}'", target, remedy);
    }
}
