using static ContainerChaos.Runtime.Tests.RootlessBundle;

namespace ContainerChaos.Runtime.Tests;

/// <summary>An ordinary user's systemd, as a service of the system's in a group that is delegated to it; user@.service needs an account.</summary>
internal sealed class UserManager : IDisposable
{
    private readonly string _unit = "cctest-" + Guid.NewGuid().ToString("N")[..8];

    internal UserManager(TestRoot root)
    {
        RuntimeDirectory = root["xdg"];
        // The message bus lets nobody in whom it can't find; the list is the manager's in a mount namespace of its own.
        File.WriteAllText(root["passwd"], File.ReadAllText("/etc/passwd") + $"ccuser:x:{User}:{User}::/:/bin/sh\n");
        File.WriteAllText(
            root["manager"],
            $"""
             mount --bind '{root["passwd"]}' /etc/passwd
             cd "/sys/fs/cgroup$(cut -c4- /proc/self/cgroup)"
             chown {User} . cgroup.procs cgroup.subtree_control cgroup.threads
             exec env HOME=/ XDG_RUNTIME_DIR='{RuntimeDirectory}' {AsUser} /usr/lib/systemd/systemd --user
             """);
        var (code, _, errors) = Sh(
            $"mkdir -m 700 '{RuntimeDirectory}' && chown {User}:{User} '{RuntimeDirectory}' && systemd-run --quiet --unit={_unit} --property=Delegate=yes "
            + $"--property=Type=notify --property=NotifyAccess=all unshare --mount --propagation private sh -e '{root["manager"]}'");
        Assert.True(code == 0, errors);
        Group = "/sys/fs/cgroup" + Sh($"systemctl show --value --property=ControlGroup {_unit}").Output.Trim();
    }

    internal string RuntimeDirectory { get; }

    /// <summary>The directory of the group that its units are below.</summary>
    internal string Group { get; }

    /// <summary>Moves a shell to where the user's own processes are: from elsewhere the user may not move any into a scope.</summary>
    internal string Enter => $"echo $$ > {Group}/init.scope/cgroup.procs";

    /// <summary>A property of a unit, as the manager has it.</summary>
    internal string Show(string unit, string property) =>
        Sh($"exec env XDG_RUNTIME_DIR='{RuntimeDirectory}' {AsUser} systemctl --user show --value --property={property} {unit}").Output.Trim();

    public void Dispose() => Sh($"systemctl stop {_unit}; systemctl reset-failed {_unit}");
}
