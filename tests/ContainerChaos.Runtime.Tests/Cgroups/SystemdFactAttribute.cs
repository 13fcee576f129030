using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>A test that needs systemd as the host's init.</summary>
public sealed class SystemdFactAttribute : FactAttribute
{
    public SystemdFactAttribute(bool needsUsers = false)
    {
        if (!SystemdManager.IsRunning)
            Skip = "systemd is not this host's init; tests/vm/run --systemd boots a machine on which it is";
        else if (needsUsers)
            Skip = new RootlessFactAttribute(needsVersion2: true).Skip;
    }
}
