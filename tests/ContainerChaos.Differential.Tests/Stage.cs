using System.Text.RegularExpressions;

namespace ContainerChaos.Differential.Tests;

/// <summary>Where a scene is played: one engine, the containers of the scene, and the facts that came out.</summary>
internal sealed partial class Stage(ContainerHost host, string scene) : IDisposable
{
    /// <summary>Begins the part of a fact in a container's output.</summary>
    public const string Mark = "=====";

    private readonly Dictionary<string, string> _facts = [];
    private readonly List<string> _containers = [];
    private readonly List<(string Fact, string Container)> _events = [];
    private int _folders;

    public ContainerHost Host => host;

    /// <summary>What was told.</summary>
    public IReadOnlyDictionary<string, string> Facts => _facts;

    /// <summary>A name that nobody else has.</summary>
    public string Name(string suffix = "") => $"{scene}{suffix}";

    /// <summary>An empty folder of the host's.</summary>
    public string NewFolder()
    {
        var path = Path.Combine(host.Folder, $"{scene}-{++_folders}");
        Directory.CreateDirectory(path);
        return path;
    }

    public void Tell(string fact, object? value) => _facts.Add(fact, Normalize(value?.ToString() ?? "nothing"));

    /// <summary>Tells how an engine refuses something, or that it does not.</summary>
    public void TellRefusal(string fact, Action action)
    {
        try
        {
            action();
            Tell(fact, "done");
        }
        catch (HostException e)
        {
            Tell(fact, e.Refusal);
        }
    }

    /// <summary>Tells whether an engine refuses something, of whatever kind it says that this is.</summary>
    public void TellWhether(string fact, Action action)
    {
        try
        {
            action();
            Tell(fact, "done");
        }
        catch (HostException)
        {
            Tell(fact, "refused");
        }
    }

    /// <summary>Tells a container's events, all of them, after its removal.</summary>
    public void TellEvents(string fact, string container) => _events.Add((fact, container));

    public void TellInside(ContainerRequest request)
    {
        var container = Started(request);
        host.Wait(container);
        var (fact, lines) = ("", new List<string>());
        foreach (var line in host.ReadLog(container).Select(line => line[2..]).Append(Mark))
        {
            if (!line.StartsWith(Mark, StringComparison.Ordinal))
            {
                lines.Add(line);
                continue;
            }
            if (fact.Length > 0)
                Tell(fact, string.Join('\n', lines));
            (fact, lines) = (line[Mark.Length..], []);
        }
    }

    public string Create(ContainerRequest request)
    {
        var container = host.Create(request);
        _containers.Add(container);
        return container;
    }

    public string Started(ContainerRequest request)
    {
        var container = Create(request);
        host.Start(container);
        return container;
    }

    /// <summary>Starts one whose script says when it is ready.</summary>
    public string Ready(ContainerRequest request, string line = "ready")
    {
        var container = Started(request);
        host.AwaitLine(container, line);
        return container;
    }

    /// <summary>Runs one to its end, and says what it wrote and how it ended.</summary>
    public string Run(ContainerRequest request)
    {
        string container;
        try
        {
            container = Create(request);
        }
        catch (HostException e)
        {
            return $"not created: {e.Refusal}";
        }
        try
        {
            host.Start(container);
        }
        catch (HostException e)
        {
            var seen = host.Look(container);
            return $"not started: {e.Refusal}, {seen.State} {seen.ExitCode}";
        }
        var exit = host.Wait(container);
        // How the two streams mix is nobody's promise.
        return string.Join('\n', host.ReadLog(container).OrderByDescending(line => line[0]).Append($"exit {exit}"));
    }

    /// <summary>State, exit code, and whether it was for memory.</summary>
    public string State(string container)
    {
        var seen = host.Look(container);
        return $"{seen.State} {seen.ExitCode}{(seen.OomKilled ? " oom" : "")} restarts {seen.RestartCount}";
    }

    /// <summary>Runs a command in one and gives what it wrote.</summary>
    public string Ask(string container, string script) => host.Execute(container, new CommandRequest("sh", "-c", script)).ToString();

    /// <summary>Removes the containers. What their events were is known then.</summary>
    public void Dispose()
    {
        foreach (var container in _containers)
        {
            try
            {
                host.Remove(container, force: true);
            }
            catch (HostException e) when (e.Refusal == Refusal.NotFound)
            {
                // The scene has removed it itself.
            }
        }
        foreach (var (fact, container) in _events)
        {
            host.Events.Await(container, "destroy");
            Tell(fact, string.Join(", ", host.Events.Of(container)));
        }
    }

    private string Normalize(string text)
    {
        foreach (var container in _containers)
            text = text.Replace(container, "ID").Replace(container[..12], "SHORTID");
        return Spaces().Replace(text.Replace(host.Folder, "FOLDER"), " ").Trim();
    }

    [GeneratedRegex(@"[ \t]+")]
    private static partial Regex Spaces();
}
