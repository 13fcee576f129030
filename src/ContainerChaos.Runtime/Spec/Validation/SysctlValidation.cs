namespace ContainerChaos.Runtime;

/// <summary>
/// Which kernel parameters a container may set: those that belong to a namespace which it doesn't share with this process
/// (ipc_namespaces(7), network_namespaces(7), uts_namespaces(7), user_namespaces(7)). Everything else is the host's.
/// </summary>
internal static class SysctlValidation
{
    private static readonly string[] Ipc =
    [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
    ];

    internal static void Check(RuntimeSpec spec, LinuxSpec linux)
    {
        foreach (var (key, value, field) in new SpecField("linux.sysctl").Entries(linux.Sysctl))
        {
            var name = Dotted(key);
            if (name.Split('.').Any(part => part is "" || part.Split('/').Any(step => step is "" or ".." or ".")))
                throw field.Invalid("it is not a kernel parameter");
            if (Ipc.Contains(name) || name.StartsWith("fs.mqueue.", StringComparison.Ordinal))
                RequireNew("ipc");
            else if (name.StartsWith("net.", StringComparison.Ordinal))
                RequireOtherNetwork();
            else if (name.StartsWith("user.", StringComparison.Ordinal))
                RequireNew("user");
            else if (name == "kernel.domainname")
                CheckDomain();
            else if (name == "kernel.hostname")
                throw field.Invalid("it conflicts with the field hostname, which is to be used");
            else
                throw field.Invalid("it is not in a separate kernel namespace");

            void RequireNew(string type)
            {
                if (!linux.Namespaces.Any(n => n.Type == type))
                    throw field.Invalid($"it is not allowed in the host's {type} namespace");
            }

            void RequireOtherNetwork()
            {
                if (NamespaceValidation.IsOwnNetwork(linux))
                    throw field.Invalid("it is not allowed in the host's network namespace");
            }

            void CheckDomain()
            {
                RequireNew("uts");
                if (spec.Domainname is { Length: > 0 } domain && domain != value)
                    throw field.Invalid("it conflicts with the field domainname");
            }
        }
    }

    /// <summary>
    /// A name with dots between its parts. sysctl(8): "The '/' separator is also accepted in place of a '.'"; the first one
    /// says which of the two it is, and the other is part of a name: <c>net/ipv4/conf/eno2.100/rp_filter</c>.
    /// </summary>
    internal static string Dotted(string key)
    {
        if (key.AsSpan().IndexOfAny('.', '/') is not (>= 0 and var first) || key[first] == '.')
            return key;
        return string.Create(key.Length, key, static (text, source) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = source[i] switch { '.' => '/', '/' => '.', var c => c };
        });
    }

    /// <summary>The file of a kernel parameter below /proc/sys.</summary>
    internal static string File(string key)
    {
        var dotted = Dotted(key);
        return string.Create(dotted.Length, dotted, static (text, source) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = source[i] switch { '.' => '/', '/' => '.', var c => c };
        });
    }
}
