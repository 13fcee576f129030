using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Whose namespace a container has, as Docker's <c>--pid</c>, <c>--ipc</c>, <c>--uts</c> and <c>--cgroupns</c> say it.</summary>
internal static class NamespaceMode
{
    private const string Other = "container:";

    /// <summary>The name or id behind <c>container:</c>; null for another mode.</summary>
    public static string? ContainerOf(string? mode) => mode is not null && mode.StartsWith(Other, StringComparison.Ordinal) && mode.Length > Other.Length ? mode[Other.Length..] : null;

    /// <summary>Checks the four.</summary>
    /// <exception cref="ContainerException">InvalidArgument; NotSupported for an ordinary user, whose namespaces belong to a user namespace.</exception>
    public static void Check(ContainerCreateOptions options, string target)
    {
        Require("Pid", options.Pid, "private", "host");
        Require("Ipc", options.Ipc, "private", "shareable", "host", "none");
        Require("Uts", options.Uts, "private", "host");
        Require("CgroupnsMode", options.CgroupnsMode, "private", "host");
        if (options.Pid is not (null or "" or "private") && options.Init)
            throw EngineErrors.Option("Pid", options.Pid, "does not go with -Init: an init has to be PID 1 of a namespace of its own", target, "Leave out one of the two.");
        if (options.Uts == "host" && options.Hostname is not null)
            throw EngineErrors.Option("Uts", options.Uts, "does not go with -Hostname: the name would be the host's", target, "Leave out one of the two.");
        if (options.Uts == "host" && options.Domainname is not null)
            throw EngineErrors.Option("Uts", options.Uts, "does not go with -Domainname: the name would be the host's", target, "Leave out one of the two.");
        if (OrdinaryUser.Maps is not null)
        {
            foreach (var (option, mode) in (ReadOnlySpan<(string, string?)>)[("Pid", options.Pid), ("Ipc", options.Ipc)])
            {
                if (ContainerOf(mode) is not null)
                    throw EngineErrors.Option(option, mode, "is for root alone: an ordinary user's containers have a user namespace each", target, "Run as root, or use private or host.", ErrorReason.NotSupported);
            }
        }

        void Require(string option, string? mode, params string[] modes)
        {
            if (mode is not (null or "") && !modes.Contains(mode) && (option is not ("Pid" or "Ipc") || ContainerOf(mode) is null))
                throw EngineErrors.Option(option, mode, "is no mode", target, $"Use {string.Join(", ", modes)}{(option is "Pid" or "Ipc" ? " or container:NAME" : "")}.");
        }
    }
}
