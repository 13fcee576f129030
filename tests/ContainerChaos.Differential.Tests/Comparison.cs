using System.Collections.Concurrent;

namespace ContainerChaos.Differential.Tests;

/// <summary>Plays every scene on every engine that is here, a few at a time, and keeps what was seen.</summary>
public sealed class Comparison
{
    // The machines that run this have two cores, and much of a scene is waiting.
    private const int Workers = 4;

    private readonly ConcurrentDictionary<(string Scene, string Engine), Outcome> _outcomes = [];

    public Comparison()
    {
        using var root = new TestRoot();
        var images = root["images.tar"];
        Images.Write(images);
        var hosts = new List<(string Name, ContainerHost Host)> { ("ours", new EngineHost(images)) };
        try
        {
            if (Docker is null)
                hosts.Add(("docker", new DockerHost(images)));
            if (Podman is null)
                hosts.Add(("podman", new PodmanHost(images)));
            if (PowerShell is null)
                hosts.Add(("pwsh", new PowerShellHost(images)));
            // Those that wait begin first.
            var plays = new ConcurrentQueue<(Scene Scene, string Name, ContainerHost Host)>(
                from scene in AllScenes.Chosen.OrderByDescending(scene => scene.IsLong)
                from host in hosts
                where host.Name switch
                {
                    "docker" => scene.WithoutDocker is null,
                    "podman" => scene.WithoutPodman is null,
                    "pwsh" => AllScenes.ThroughPowerShell.Contains(scene),
                    _ => true,
                }
                select (scene, host.Name, host.Host));
            Task.WaitAll([.. Enumerable.Range(0, Workers).Select(_ => Task.Factory.StartNew(() => PlayAll(plays), TaskCreationOptions.LongRunning))]);
        }
        finally
        {
            Left = End(hosts.Select(host => host.Host));
        }
    }

    /// <summary>What the engines have left behind.</summary>
    public IReadOnlyList<string> Left { get; }

    /// <summary>Why there is no Docker to compare with; null when there is.</summary>
    public static string? Docker { get; } = Programs.Missing("dockerd", "docker.io") ?? Programs.Missing("containerd", "containerd");

    /// <summary>Why there is no podman to compare with; null when there is.</summary>
    public static string? Podman { get; } = Programs.Missing("podman", "podman") ?? Programs.Missing("conmon", "conmon");

    /// <summary>What an engine showed of a fact.</summary>
    /// <exception cref="InvalidOperationException">The scene could not be played to where it tells that.</exception>
    public string Seen(string scene, string fact, string engine)
    {
        var outcome = _outcomes[(scene, engine)];
        return outcome.Facts.TryGetValue(fact, out var value) ? value : throw new InvalidOperationException($"{engine} did not show it: {outcome.Failure ?? "the scene does not tell it"}");
    }

    /// <summary>Why nothing can be done through the module; null when it can.</summary>
    public static string? PowerShell { get; } = Programs.Missing("pwsh", "powershell") ?? (File.Exists(PowerShellHost.ModulePath) ? null : "needs the module, which ./build.sh makes");

    private void PlayAll(ConcurrentQueue<(Scene Scene, string Name, ContainerHost Host)> plays)
    {
        while (plays.TryDequeue(out var play))
            _outcomes[(play.Scene.Name, play.Name)] = Play(play.Scene, play.Host);
    }

    private static Outcome Play(Scene scene, ContainerHost host)
    {
        var stage = new Stage(host, scene.Name);
        var (failure, started) = ((string?)null, System.Diagnostics.Stopwatch.StartNew());
        try
        {
            using (stage)
                scene.Play(stage);
        }
#pragma warning disable CA1031 // Whatever it is, it belongs to this scene, and the rest are played.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e.ToString();
        }
        if (Environment.GetEnvironmentVariable("CONTAINERCHAOS_SCENES") is not null)
            Console.WriteLine($"{scene.Name} {host.GetType().Name} {started.ElapsedMilliseconds} ms");
        return new Outcome(stage.Facts, failure);
    }

    // All, even if one leaves something behind.
    private static List<string> End(IEnumerable<ContainerHost> hosts)
    {
        var left = new List<string>();
        foreach (var host in hosts)
        {
            try
            {
                host.Dispose();
            }
            catch (InvalidOperationException e)
            {
                left.Add(e.Message);
            }
        }
        return left;
    }

    private sealed record Outcome(IReadOnlyDictionary<string, string> Facts, string? Failure);
}
