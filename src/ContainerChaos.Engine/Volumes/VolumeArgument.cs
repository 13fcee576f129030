using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>A volume or a bind mount as Docker's <c>-v</c> writes it.</summary>
internal static class VolumeArgument
{
    /// <summary>Reads <c>NAME:/container/path[:options]</c>, <c>/host/path:/container/path[:options]</c> or <c>/container/path</c>, which is an anonymous volume.</summary>
    /// <exception cref="Runtime.ContainerException">InvalidArgument.</exception>
    public static MountRequest Parse(string text)
    {
        var parts = text.Split(':');
        if (parts.Length > 3 || parts.Any(part => part.Length == 0))
            throw MountRequest.Invalid(text, "is not of the form source:/container/path[:options]");
        if (parts.Length == 1)
            return new MountRequest { Type = ContainerMount.VolumeType, Destination = MountRequest.CheckDestination(parts[0], text) };
        var isPath = parts[0].StartsWith('/');
        if (!isPath && !ContainerName.IsValid(parts[0]))
            throw MountRequest.Invalid(text, $"has the source '{parts[0]}', which is neither an absolute path nor a volume's name");
        var request = new MountRequest
        {
            Type = isPath ? ContainerMount.BindType : ContainerMount.VolumeType,
            Source = isPath ? Path.GetFullPath(parts[0]) : parts[0],
            Destination = MountRequest.CheckDestination(parts[1], text),
            CreatesSource = isPath,
        };
        foreach (var option in parts.Length == 3 ? parts[2].Split(',') : [])
        {
            request = option switch
            {
                "ro" or "readonly" => request with { ReadOnly = true },
                "rw" => request,
                "nocopy" when !isPath => request with { NoCopy = true },
                // For SELinux, which relabels nothing where it is not there; Docker takes them everywhere.
                "z" or "Z" => request,
                _ when isPath && MountRequest.IsPropagation(option) => request with { Propagation = option },
                _ => throw MountRequest.Invalid(
                    text, $"has the option '{option}', which {(isPath ? "a bind mount" : "a volume")} does not take",
                    isPath ? "Use ro, rw, private, rprivate, slave, rslave, shared or rshared." : "Use ro, rw or nocopy."),
            };
        }

        return request;
    }
}
