namespace ContainerChaos.Runtime;

/// <summary>
/// The names of the specification's properties. Another runtime's clients write some of them in another case (<c>CPU</c>), which
/// Go's decoder takes, and so does this one.
/// </summary>
internal static class SpecNames
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "access", "action", "additionalGids", "allow", "ambient", "annotations", "apparmorProfile", "architectures", "args", "blockIO", "bounding",
        "burst", "capabilities", "cgroupsPath", "checkBeforeUpdate", "class", "classID", "closID", "consoleSize", "containerID", "cpu", "cpus",
        "createContainer", "createRuntime", "cwd", "deadline", "defaultAction", "defaultErrnoRet", "destination", "devices", "disableOOMKiller",
        "domain", "domainname", "effective", "enableMonitoring", "env", "errnoRet", "execCPUAffinity", "fileMode", "final", "flags", "gid",
        "gidMappings", "hard", "hcaHandles", "hcaObjects", "height", "hooks", "hostID", "hostname", "hugepageLimits", "idle", "index", "inheritable",
        "initial", "intelRdt", "ioPriority", "kernel", "kernelTCP", "l3CacheSchema", "leafWeight", "limit", "linux", "listenerMetadata",
        "listenerPath", "major", "maskedPaths", "memBwSchema", "memory", "memoryPolicy", "mems", "minor", "mode", "mountLabel", "mounts", "name",
        "names", "namespaces", "nanosecs", "netDevices", "network", "nice", "nodes", "noNewPrivileges", "ociVersion", "oomScoreAdj", "op", "options",
        "pageSize", "path", "period", "permitted", "personality", "pids", "policy", "poststart", "poststop", "prestart", "priorities", "priority",
        "process", "quota", "rate", "rdma", "readonly", "readonlyPaths", "realtimePeriod", "realtimeRuntime", "reservation", "resources", "rlimits",
        "root", "rootfsPropagation", "runtime", "scheduler", "schemata", "seccomp", "secs", "selinuxLabel", "shares", "size", "soft", "source",
        "startContainer", "swap", "swappiness", "syscalls", "sysctl", "terminal", "throttleReadBpsDevice", "throttleReadIOPSDevice",
        "throttleWriteBpsDevice", "throttleWriteIOPSDevice", "timeOffsets", "timeout", "type", "uid", "uidMappings", "umask", "unified",
        "useHierarchy", "user", "value", "valueTwo", "weight", "weightDevice", "width",
    };

    /// <summary>The name as the specification writes it; one that it does not know as it is.</summary>
    internal static string Of(string name) => Known.TryGetValue(name, out var known) ? known : name;
}
