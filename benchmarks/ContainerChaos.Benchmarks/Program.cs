using System.Globalization;
using System.Runtime.InteropServices;
using ContainerChaos.Benchmarks;
using ContainerChaos.Benchmarks.Measures;
using ContainerChaos.Benchmarks.Peers;
using ContainerChaos.Benchmarks.Reports;

const string UnifiedMount = "/sys/fs/cgroup/unified";
const string Inside = "CONTAINERCHAOS_BENCH_INSIDE";

if (BenchOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(BenchOptions.Usage);
    return 2;
}

if (!Environment.IsPrivilegedProcess)
{
    Console.Error.WriteLine("bench: containers of all the tools compared here need root");
    return 1;
}

// All tools of the run are on a host of its own: a network namespace, where podman's and docker's bridges and rules do no harm to the machine's.
// crun refuses a hybrid set-up whose v2 mount carries a controller, so that mount is hidden, in a mount namespace; under a RAM disk, because crun
// writes there all the same, and podman's plugins keep their addresses in one.
if (Environment.GetEnvironmentVariable(Inside) is null)
{
    Environment.SetEnvironmentVariable(Inside, "1");
    const string hide = $"for d in {UnifiedMount} /var/lib/cni; do if [ -d $d ]; then mount -t tmpfs none $d || exit; fi; done; exec \"$@\"";
    using var run = System.Diagnostics.Process.Start(
        "unshare",
        ["--mount", "--net", "--propagation", "private", "sh", "-c", hide, "sh", Environment.ProcessPath!, typeof(Suite).Assembly.Location, .. args]);
    void Forward(PosixSignalContext signal)
    {
        signal.Cancel = true;
        Shell.Try("kill", signal.Signal == PosixSignal.SIGINT ? "-INT" : "-TERM", run.Id.ToString(CultureInfo.InvariantCulture));
    }

    using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Forward);
    using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Forward);
    run.WaitForExit();
    return run.ExitCode;
}

OwnHost.Prepare();
using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

using var workspace = new Workspace();
var all = new Peer[]
{
    new OciRuntime(workspace, "ccrun", Path.Combine(options.Binaries, "ccrun")),
    new EnginePeer(workspace, options.Binaries),
    new PowerShellPeer(workspace, options.Binaries),
    new OciRuntime(workspace, "crun", Shell.Find("crun")),
    new OciRuntime(workspace, "runc", Shell.Find("runc")),
    new Podman(workspace),
    new Docker(workspace),
};
var peers = new List<Peer>();
var absent = new Dictionary<string, string>();
try
{
    foreach (var peer in all.Where(peer => options.NeedsPeers && (options.Peers.Count == 0 || options.Peers.Contains(peer.Name))))
    {
        if (peer.Open() is { } reason)
        {
            absent[peer.Name] = reason;
            Console.WriteLine($"{peer.Name}: skipped, {reason.Split('\n')[0]}");
        }
        else
        {
            peers.Add(peer);
        }
    }

    var measures = new Suite(options, peers, stop.Token).Run().ToList();
    var report = new Report(DateTimeOffset.UtcNow, Machine(), Versions(), measures, Goal.Check(measures, options));
    Console.Write(report.ToText());
    Directory.CreateDirectory(options.Output);
    File.WriteAllText(Path.Combine(options.Output, "results.md"), report.ToMarkdown());
    File.WriteAllText(Path.Combine(options.Output, "results.json"), report.ToJson());
    Console.WriteLine($"\n{options.Output}/results.md, results.json");
    return 0;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("\nbench: interrupted");
    return 130;
}
finally
{
    foreach (var peer in all.Reverse())
    {
        try
        {
            peer.Dispose();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Console.Error.WriteLine($"clean-up of {peer.Name}: {failure.Message}");
        }
    }
}

static string Machine()
{
    var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor";
    return string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} × {processor}, Linux {Environment.OSVersion.Version}, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}, cgroups: {ContainerChaos.Linux.CgroupHost.Current.Mode}");
}

Dictionary<string, string> Versions() => new[] { ("crun", "crun"), ("runc", "runc"), ("podman", "podman"), ("docker", "dockerd"), ("pwsh", "pwsh") }
    .Where(tool => peers.Any(peer => peer.Name == tool.Item1))
    .Concat(peers.Any(peer => peer.Name == "podman") ? [("conmon", "conmon")] : [])
    .ToDictionary(tool => tool.Item1, tool => Shell.Run(Shell.Find(tool.Item2)!, "--version").Split('\n')[0]);
