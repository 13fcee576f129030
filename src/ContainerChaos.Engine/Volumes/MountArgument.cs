using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>A mount as Docker's <c>--mount</c> writes it: <c>type=volume,source=NAME,target=/container/path,readonly</c>.</summary>
internal static class MountArgument
{
    private const string Remedy = "Docker's names are type, source, target, readonly, bind-propagation, bind-recursive, volume-nocopy, volume-label, volume-opt, tmpfs-size and tmpfs-mode.";

    /// <summary>Reads it.</summary>
    /// <exception cref="Runtime.ContainerException">InvalidArgument.</exception>
    public static MountRequest Parse(string text)
    {
        var (type, source, destination) = (ContainerMount.VolumeType, "", "");
        var (readOnly, noCopy, nonRecursive, propagation) = (false, false, false, (string?)null);
        var tmpfs = new List<string>();
        Dictionary<string, string> labels = [], driver = [];
        foreach (var field in Split(text))
        {
            var (key, value) = field.Split('=', 2) is [var name, var rest] ? (name.Trim().ToLowerInvariant(), rest) : (field.Trim().ToLowerInvariant(), null);
            switch (key)
            {
                case "type":
                    type = value ?? "";
                    break;
                case "source" or "src":
                    source = value ?? "";
                    break;
                case "target" or "destination" or "dst":
                    destination = value ?? "";
                    break;
                case "readonly" or "ro":
                    readOnly = Flag(value);
                    break;
                case "volume-nocopy":
                    noCopy = Flag(value);
                    break;
                case "bind-nonrecursive":
                    nonRecursive = Flag(value);
                    break;
                case "bind-recursive":
                    nonRecursive = value is "disabled" || (value is "enabled" ? false : throw Bad($"has bind-recursive={value}; enabled and disabled are possible"));
                    break;
                case "bind-propagation":
                    propagation = value is not null && MountRequest.IsPropagation(value) ? value : throw Bad($"has the propagation '{value}'");
                    break;
                case "tmpfs-size":
                    tmpfs.Add("size=" + MountRequest.Size(value ?? "", text));
                    break;
                case "tmpfs-mode":
                    tmpfs.Add("mode=" + MountRequest.Mode(value ?? "", text));
                    break;
                case "volume-label":
                    Add(labels, value);
                    break;
                case "volume-opt":
                    Add(driver, value);
                    break;
                case "volume-driver" when value is "local" or "":
                case "consistency":
                    break;
                default:
                    throw Bad($"has the field '{field}', which there is not");
            }
        }

        if (destination.Length == 0)
            throw Bad("has no target");
        if (type is not (ContainerMount.VolumeType or ContainerMount.BindType or ContainerMount.TmpfsType))
            throw Bad($"has the type '{type}'; bind, volume and tmpfs are possible");
        if (type == ContainerMount.BindType && !source.StartsWith('/'))
            throw Bad(source.Length == 0 ? "has no source" : $"has the source '{source}', which is not an absolute path");
        if (type == ContainerMount.VolumeType && source.Length > 0 && !ContainerName.IsValid(source))
            throw Bad($"has the source '{source}', which is not a volume's name");
        if (type == ContainerMount.TmpfsType && source.Length > 0)
            throw Bad("has a source, and a tmpfs has none");
        if ((type != ContainerMount.BindType && (propagation is not null || nonRecursive)) || (type != ContainerMount.TmpfsType && tmpfs.Count > 0)
            || (type != ContainerMount.VolumeType && (noCopy || labels.Count > 0 || driver.Count > 0)))
            throw Bad($"has options of another type than {type}");
        return new MountRequest
        {
            Type = type,
            Source = type == ContainerMount.BindType ? Path.GetFullPath(source) : source,
            Destination = MountRequest.CheckDestination(destination, text),
            ReadOnly = readOnly,
            NoCopy = noCopy,
            NonRecursive = nonRecursive,
            Propagation = propagation ?? "rprivate",
            TmpfsOptions = tmpfs,
            Labels = labels,
            DriverOptions = driver,
        };

        bool Flag(string? value) => value is null or "true" or "1" || (value is "false" or "0" ? false : throw Bad($"has the value '{value}' where true or false is meant"));

        void Add(Dictionary<string, string> pairs, string? value)
        {
            var pair = (value ?? "").Split('=', 2);
            pairs[pair[0]] = pair.Length == 2 ? pair[1] : "";
        }

        Runtime.ContainerException Bad(string problem) => MountRequest.Invalid(text, problem, Remedy);
    }

    // One line of RFC 4180: a field with a comma stands in quotes.
    private static IEnumerable<string> Split(string text)
    {
        var field = new System.Text.StringBuilder();
        var quoted = false;
        foreach (var c in text)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                yield return field.ToString();
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        yield return field.ToString();
    }
}
