namespace ContainerChaos.Runtime.Tests;

/// <summary>A test that runs ccrun as an ordinary user; skipped with the reason where that cannot be.</summary>
internal sealed class RootlessFactAttribute : FactAttribute
{
    public RootlessFactAttribute(bool needsIdPrograms = false, bool needsVersion1 = false, bool needsVersion2 = false)
    {
        if (!Environment.IsPrivilegedProcess)
            Skip = "needs root, to become another user";
        else if (!File.Exists("/usr/bin/setpriv"))
            Skip = "needs setpriv (apt-get install util-linux)";
        else if (Read("/proc/sys/user/max_user_namespaces") == "0" || Read("/proc/sys/kernel/unprivileged_userns_clone") == "0")
            Skip = "this kernel gives ordinary users no user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone)";
        else if (needsIdPrograms && !File.Exists("/usr/bin/newuidmap"))
            Skip = "needs newuidmap (apt-get install uidmap)";
        else if (needsVersion1 && !Directory.Exists("/sys/fs/cgroup/memory"))
            Skip = "needs the memory controller on version 1: on version 2 the user's processes have to be below the delegated group";
        else if (needsVersion2 && File.Exists("/sys/fs/cgroup/cgroup.controllers") is false)
            Skip = "needs version 2 alone; tests/vm/run boots such a machine";
    }

    private static string Read(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : "";
}
