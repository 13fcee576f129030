using System.Diagnostics;
using System.Runtime.InteropServices;
using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Runtime.Tests.Hardening;

/// <summary>A bundle on disk and the ccrun that runs it, with its ids below the test's root.</summary>
internal sealed partial class Bundle
{
    private readonly TestRoot _root;

    // What 'create' leaves behind becomes this process's child, and is reaped by Delete and by the leak fixture: not every init does it at once.
    static Bundle() => Subreaper.Become();

    public Bundle(TestRoot root, string[] command, Func<RuntimeSpec, RuntimeSpec>? spec = null, string? ccrun = null)
    {
        _root = root;
        Ccrun = ccrun ?? TestRoot.CcrunPath;
        Directory.CreateDirectory(RootFileSystem);
        var target = Path.Combine(RootFileSystem, "target");
        if (!File.Exists(target))
            File.Copy(TestRoot.TargetPath, target);
        var config = DockerDefaults.Spec(root.CgroupParent + "/" + Id, [.. command[0].StartsWith('/') ? [] : new[] { "/target" }, .. command]);
        JsonFile.Write(Path.Combine(root["bundle"], "config.json"), spec?.Invoke(config) ?? config, SupervisorJson.RuntimeSpec);
    }

    public string Ccrun { get; }

    public string Id => "attacked";

    public string RootFileSystem => _root["bundle/rootfs"];

    /// <summary>Where the state is.</summary>
    public string StateDirectory => Path.Combine(_root["ids"], Id);

    public int Pid => int.Parse(File.ReadAllText(_root["pid"]));

    /// <summary>Runs a verb of ccrun to its end.</summary>
    public (int Code, string Output, string Errors) Run(params string[] verb)
    {
        using var process = Start(verb);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)), $"ccrun {string.Join(' ', verb)} does not end.");
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    /// <summary>Starts a verb of ccrun.</summary>
    public Process Start(params string[] verb) => Process.Start(new ProcessStartInfo(Ccrun, ["--root", _root["ids"], .. verb])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    /// <summary><c>run --bundle …</c>, in the foreground.</summary>
    public Process StartContainer() => Start("run", "--bundle", _root["bundle"], "--pid-file", _root["pid"], Id);

    public (int Code, string Output, string Errors) RunContainer() => Run("run", "--bundle", _root["bundle"], "--pid-file", _root["pid"], Id);

    /// <summary>create and start, with streams that nobody reads.</summary>
    public void Launch()
    {
        RunDetached($"create --bundle {_root["bundle"]} --pid-file {_root["pid"]} {Id}");
        RunDetached($"start {Id}");
    }

    /// <summary>Runs a verb after which a process goes on: with streams that nobody reads, because their end would not come.</summary>
    public void RunDetached(string verb)
    {
        using var process = Process.Start("/bin/sh", ["-c", $"exec \"$0\" --root {_root["ids"]} {verb} </dev/null >{_root["out"]} 2>&1", Ccrun]);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, File.ReadAllText(_root["out"]));
    }

    public void Delete()
    {
        var pid = Pid;
        Assert.Equal((0, "", ""), Run("delete", "--force", Id));
        Reap(pid);
    }

    /// <summary>Waits for the end of a process of the container, whose parent this process is by now.</summary>
    public static void Reap(int pid)
    {
        TestContainer.AwaitEnd(pid);
        WaitForProcess(pid, 0, 0);
    }

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int WaitForProcess(int pid, nint status, int options);

    /// <summary>Waits until the leader of a process is a zombie, of which nothing tells.</summary>
    public static void AwaitZombie(int pid) =>
        Assert.True(SpinWait.SpinUntil(() => ProcessStat.TryRead(pid, out var stat) && stat.State == 'Z', TimeSpan.FromSeconds(20)), "The leader does not end.");
}
