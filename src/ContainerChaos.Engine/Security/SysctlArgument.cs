using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Kernel parameters of a container: those that a namespace has of its own (docs.docker.com, docker run --sysctl).</summary>
internal static class SysctlArgument
{
    private static readonly string[] s_ipc =
    [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
    ];

    /// <exception cref="ContainerException">InvalidArgument: the parameter is the host's, or there is no such parameter.</exception>
    public static void Check(IReadOnlyDictionary<string, string> parameters, bool sharesHostNetwork, bool sharesHostIpc, string target)
    {
        foreach (var (name, value) in parameters)
        {
            // sysctl(8): a slash may stand for the dot.
            var dotted = name.Contains('/', StringComparison.Ordinal) && !name.Contains('.', StringComparison.Ordinal) ? name.Replace('/', '.') : name;
            var isNetwork = dotted.StartsWith("net.", StringComparison.Ordinal);
            var isIpc = s_ipc.Contains(dotted) || dotted.StartsWith("fs.mqueue.", StringComparison.Ordinal);
            if (!isNetwork && !isIpc)
                throw EngineErrors.Option("Sysctl", name, "is a parameter of the whole host", target, "Use one that a container has of its own: net.*, fs.mqueue.*, kernel.msg*, kernel.sem or kernel.shm*.");
            if (isNetwork && sharesHostNetwork)
                throw EngineErrors.Option("Sysctl", name, "belongs to the network, which is the host's", target, "Leave it out, or give the container a network of its own.");
            if (isIpc && sharesHostIpc)
                throw EngineErrors.Option("Sysctl", name, "belongs to the IPC namespace, which is the host's", target, "Leave it out, or leave out -Ipc host.");
            if (value.Length == 0)
                throw EngineErrors.Option("Sysctl", name, "has no value", target, "Give name and value: @{ 'net.core.somaxconn' = 1024 }");
            var file = "/proc/sys/" + dotted.Replace('.', '/');
            // A name below conf may be an interface's, which is there only when the container runs.
            if (!file.Contains("/conf/", StringComparison.Ordinal) && !file.Contains("/neigh/", StringComparison.Ordinal) && !File.Exists(file))
                throw EngineErrors.Option("Sysctl", name, "is a parameter that this kernel does not have", target, "See sysctl -a for those that it has.");
        }
    }
}
