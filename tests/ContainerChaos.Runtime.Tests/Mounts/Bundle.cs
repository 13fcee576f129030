using System.Diagnostics;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Runtime.Tests;

/// <summary>An OCI bundle with busybox as its root, run by the real ccrun as any client would run it.</summary>
public sealed class Bundle
{
    private static readonly string? Busybox =
        new[] { "/bin/busybox", "/usr/bin/busybox" }.Select(path => new FileInfo(path).ResolveLinkTarget(true)?.FullName ?? path).FirstOrDefault(File.Exists);

    private readonly TestRoot _root;

    public Bundle(TestRoot root)
    {
        _root = root;
        Directory = root[Id];
        RootFileSystem = Path.Combine(Directory, "rootfs");
        System.IO.Directory.CreateDirectory(Path.Combine(RootFileSystem, "bin"));
        foreach (var name in new[] { "proc", "sys", "dev", "etc", "tmp" })
            System.IO.Directory.CreateDirectory(Path.Combine(RootFileSystem, name));
        if (Busybox is not null)
            File.Copy(Busybox, Path.Combine(RootFileSystem, "bin/busybox"));
        foreach (var name in "sh cat ls stat grep readlink touch mkdir rm mount umount id echo true tee head wc sort".Split(' '))
            File.CreateSymbolicLink(Path.Combine(RootFileSystem, "bin", name), "busybox");
        Spec = DockerDefaults.Spec($"{root.CgroupParent}/{Id}", []) with { Root = new RootSpec { Path = "rootfs" } };
    }

    /// <summary>Why its tests can't run here; null when they can.</summary>
    public static string? WhyNot => Busybox is null ? "There is no busybox (busybox-static) to run in the container." : null;

    /// <summary>The container's id.</summary>
    public string Id { get; } = "b" + Guid.NewGuid().ToString("N")[..8];

    public string Directory { get; }

    public string RootFileSystem { get; }

    /// <summary>What Docker's defaults are without more being said; the command is filled in by <see cref="Run"/>.</summary>
    public RuntimeSpec Spec { get; set; }

    /// <summary>A directory or file of the test's own outside of the bundle.</summary>
    public string Outside(string name) => _root[name];

    /// <summary>Adds mounts after those that are there.</summary>
    public Bundle With(params MountSpec[] mounts)
    {
        Spec = Spec with { Mounts = [.. Spec.Mounts, .. mounts] };
        return this;
    }

    /// <summary>Changes the Linux part.</summary>
    public Bundle With(Func<LinuxSpec, LinuxSpec> change)
    {
        Spec = Spec with { Linux = change(Spec.Linux!) };
        return this;
    }

    /// <summary>Gives it a user namespace whose root is another user, and gives that the root file system.</summary>
    public Bundle InUserNamespace(uint first = 100000, uint size = 65536)
    {
        IReadOnlyList<IdMappingSpec> map = [new IdMappingSpec { ContainerID = 0, HostID = first, Size = size }];
        With(linux => linux with { Namespaces = [.. linux.Namespaces, new NamespaceSpec { Type = "user" }], UidMappings = map, GidMappings = map });
        using var chown = Process.Start("chown", ["-hR", $"{first}:{first}", RootFileSystem]);
        chown.WaitForExit();
        return this;
    }

    /// <summary>Puts a symbolic link into the root.</summary>
    public Bundle Linked(string name, string target)
    {
        File.CreateSymbolicLink(Path.Combine(RootFileSystem, name), target);
        return this;
    }

    /// <summary>Leaves a namespace out.</summary>
    public Bundle Without(string type) => With(linux => linux with { Namespaces = [.. linux.Namespaces.Where(n => n.Type != type)] });

    /// <summary>Runs a shell script in a container.</summary>
    /// <param name="script">The script.</param>
    /// <param name="before">A script for the host, in a mount namespace of its own that ccrun runs in as well.</param>
    /// <param name="options">Options of <c>ccrun run</c>.</param>
    public (int Code, string Output, string Errors) Run(string script, string? before = null, params string[] options)
    {
        var command = Prepare(script, options);
        string[] arguments = before is null ? command : ["unshare", "-m", "--propagation", "private", "sh", "-ec", before + "\nexec \"$@\"", "sh", .. command];
        using var process = Process.Start(new ProcessStartInfo(arguments[0], arguments[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult(), errors);
    }

    /// <summary>Starts a script in a container and goes on.</summary>
    public Process Start(string script)
    {
        var command = Prepare(script, []);
        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    private string[] Prepare(string script, string[] options)
    {
        Spec = Spec with { Process = Spec.Process! with { Args = ["/bin/sh", "-c", script], Env = ["PATH=/bin"] } };
        JsonFile.Write(Path.Combine(Directory, "config.json"), Spec, SupervisorJson.RuntimeSpec);
        return [TestRoot.CcrunPath, "--root", _root["ids"], "run", .. options, "--bundle", Directory, Id];
    }

    /// <summary>Runs a script that must succeed, and returns what it wrote.</summary>
    public string Read(string script, string? before = null, params string[] options)
    {
        var (code, output, errors) = Run(script, before, options);
        Assert.True(code == 0, $"exit code {code}: {errors}");
        return output;
    }

    /// <summary>The container's mounts, in order.</summary>
    public IReadOnlyList<MountLine> ReadMounts(string? before = null, params string[] options) =>
        [.. Read("cat /proc/self/mountinfo", before, options).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(MountLine.Parse)];

    /// <summary>The mount that is seen at a place of the container.</summary>
    public MountLine ReadMount(string point, string? before = null) => ReadMounts(before).Last(mount => mount.Point == point);

    /// <summary>A bind mount.</summary>
    public static MountSpec Bind(string source, string destination, params string[] options) =>
        new() { Source = source, Destination = destination, Options = ["bind", .. options] };

    /// <summary>A tmpfs.</summary>
    public static MountSpec Tmpfs(string destination, params string[] options) =>
        new() { Type = "tmpfs", Source = "tmpfs", Destination = destination, Options = options };
}
