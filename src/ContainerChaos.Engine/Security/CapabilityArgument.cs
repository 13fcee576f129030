using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>A container's capabilities: Docker's default set, with those of <c>--cap-add</c> and without those of <c>--cap-drop</c>.</summary>
internal static class CapabilityArgument
{
    // moby, oci/caps/defaults.go.
    private static readonly string[] s_defaults =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    /// <summary>The set of a container (moby, oci/caps/utils.go, TweakCapabilities).</summary>
    /// <param name="add">Names in either case, with or without <c>CAP_</c>, or <c>ALL</c>.</param>
    /// <param name="drop">The same.</param>
    /// <param name="privileged">Whether it has all of them, whatever else is asked for.</param>
    /// <param name="inUserNamespace">Whether it has a user namespace, in which all of the kernel's can be given.</param>
    /// <param name="target">The container.</param>
    /// <exception cref="ContainerException">InvalidArgument: there is no such capability. NotSupported: this process does not have it.</exception>
    public static IReadOnlyList<string> Resolve(IReadOnlyList<string> add, IReadOnlyList<string> drop, bool privileged, bool inUserNamespace, string target)
    {
        if (!privileged && add.Count == 0 && drop.Count == 0)
            return s_defaults;
        var grantable = Capabilities.Grantable(inUserNamespace);
        var (added, addsAll) = Names("CapAdd", add, target);
        var (dropped, dropsAll) = Names("CapDrop", drop, target);
        if (privileged)
            return grantable;
        if (added.Except(grantable).FirstOrDefault() is { } missing)
            throw EngineErrors.Option("CapAdd", missing, "is a capability that this process does not have itself, and so can't give", target, "Leave it out, or run where it is not taken away.", ErrorReason.NotSupported);
        if (addsAll)
            return [.. grantable.Except(dropped)];
        return dropsAll ? added : [.. s_defaults.Except(dropped).Union(added)];
    }

    private static (IReadOnlyList<string> Names, bool IsAll) Names(string option, IReadOnlyList<string> texts, string target)
    {
        var names = new List<string>();
        var all = false;
        foreach (var text in texts)
        {
            if (text.Equals("ALL", StringComparison.OrdinalIgnoreCase) || text.Equals("CAP_ALL", StringComparison.OrdinalIgnoreCase))
                all = true;
            else
                names.Add(Capabilities.Normalize(text) ?? throw EngineErrors.Option(option, text, "is no capability", target, "See capabilities(7): NET_ADMIN, SYS_PTRACE and so on, with or without CAP_, or ALL."));
        }
        return (names, all);
    }
}
