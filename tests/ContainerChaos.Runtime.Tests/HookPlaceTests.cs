namespace ContainerChaos.Runtime.Tests;

/// <summary>Where hooks run, and with which environment, where the runtime-spec leaves it open.</summary>
public sealed class HookPlaceTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly Bundle _bundle;

    public HookPlaceTests() => _bundle = new Bundle(_root);

    public void Dispose() => _root.Dispose();

    [BusyboxFact]
    public void One_of_createRuntime_is_in_the_bundle()
    {
        _bundle.Spec = _bundle.Spec with { Hooks = new HooksSpec { CreateRuntime = [Shell("touch in-bundle")] } };
        _bundle.Read("true");
        Assert.True(File.Exists(Path.Combine(_bundle.Directory, "in-bundle")));
    }

    [BusyboxFact]
    public void One_of_createContainer_is_there_too_and_its_mounts_are_the_container_s()
    {
        _bundle.Spec = _bundle.Spec with { Hooks = new HooksSpec { CreateContainer = [Shell("cd rootfs && mkdir under && mount -t tmpfs tmpfs under && touch under/mounted")] } };
        Assert.Equal("mounted\n", _bundle.Read("ls /under"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_bundle.RootFileSystem, "under")));
    }

    [BusyboxFact]
    public void One_of_startContainer_is_in_the_root_and_has_the_process_s_home()
    {
        // A path of the host that is there in the container as well does not count.
        Directory.CreateDirectory(Path.Combine(_bundle.RootFileSystem, _bundle.Directory[1..]));
        File.WriteAllText(Path.Combine(_bundle.RootFileSystem, "etc/passwd"), "root:x:0:0::/root:/bin/sh\nuser:x:7:7::/home/user:/bin/sh\n");
        _bundle.Spec = _bundle.Spec with
        {
            Root = _bundle.Spec.Root! with { Readonly = false },
            Process = _bundle.Spec.Process! with { User = new UserSpec { Uid = 7, Gid = 7 } },
            Hooks = new HooksSpec { StartContainer = [Shell("echo $HOME $PATH $(pwd) > /tmp/seen")] },
        };
        Assert.Equal("/home/user /bin /\n", _bundle.Read("cat /tmp/seen"));
    }

    private static HookSpec Shell(string script) => new() { Path = "/bin/sh", Args = ["sh", "-c", script] };
}
