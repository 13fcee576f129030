using System.Collections;
using System.Management.Automation;
using ContainerChaos.Scenarios;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.PowerShell;

/// <summary>Runs a game day: scenarios one after the other, told as they go, and one result with what held, what did not, and the largest findings.</summary>
[Cmdlet(VerbsLifecycle.Start, "GameDay", SupportsShouldProcess = true, DefaultParameterSetName = "Here")]
[OutputType(typeof(GameDayResult))]
public sealed class StartGameDayCommand : ScenarioRunCmdlet
{
    private const string OnHosts = "HostName";

    /// <summary>Folders of scenario files (run in the order of their names), files, or built-in scenarios by name, in the order of the game day. By default those that are tagged game-day.</summary>
    [Parameter(Position = 0)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioNameCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>Only scenarios with one of these tags.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioTagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>The quiet between two scenarios: seconds, or text such as 30s; none by default.</summary>
    [Parameter]
    [DurationArgument]
    public TimeSpan CoolDown { get; set; }

    /// <summary>End with the first scenario that does not hold; the rest is named in NotRun. Of several hosts each ends with its own.</summary>
    [Parameter]
    public SwitchParameter StopOnFailure { get; set; }

    /// <summary>Run it on these hosts instead, at the same time, over PowerShell's SSH remoting: names or addresses, also user@host:port, as New-PSSession takes them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = OnHosts)]
    [ValidateNotNullOrEmpty]
    public string[] HostName { get; set; } = [];

    /// <summary>The user to log in as on each host; what ssh takes by default.</summary>
    [Parameter(ParameterSetName = OnHosts)]
    [ValidateNotNullOrEmpty]
    public string UserName { get; set; } = "";

    /// <summary>The port of each host's sshd; what ssh takes by default.</summary>
    [Parameter(ParameterSetName = OnHosts)]
    [ValidateRange(1, ushort.MaxValue)]
    public int Port { get; set; }

    /// <summary>The file of the private key to log in with; what ssh takes by default.</summary>
    [Parameter(ParameterSetName = OnHosts)]
    [Alias("IdentityFilePath")]
    [ValidateNotNullOrEmpty]
    public string KeyFilePath { get; set; } = "";

    /// <summary>The subsystem of sshd that is PowerShell; powershell by default.</summary>
    [Parameter(ParameterSetName = OnHosts)]
    [ValidateNotNullOrEmpty]
    public string Subsystem { get; set; } = "powershell";

    /// <summary>How long a connection may take, in milliseconds; a minute by default.</summary>
    [Parameter(ParameterSetName = OnHosts)]
    [ValidateRange(1, int.MaxValue)]
    public int ConnectingTimeout { get; set; } = 60_000;

    /// <summary>Further options of ssh, as in ssh_config(5). Unless they are among them, ServerAliveInterval is 15, so that a host that falls silent is lost after 45 seconds and not awaited for ever.</summary>
    [Parameter(ParameterSetName = OnHosts)]
    [ValidateNotNull]
    public Hashtable Options { get; set; } = [];

    /// <summary>How many hosts at the same time.</summary>
    [Parameter(ParameterSetName = OnHosts)]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary>Runs it, or says what it would do.</summary>
    protected override void EndProcessing()
    {
        if (Choose() is not { Count: > 0 } scenarios)
            return;
        var remote = ParameterSetName == OnHosts;
        if (remote)
            Check(scenarios);
        var plan = Plan(scenarios);
        var where = remote ? $"On {string.Join(", ", HostName)}, at the same time:{Environment.NewLine}" : "";
        var total = $"{Environment.NewLine}{plan.Trials} trials in all{(remote ? " on each" : "")}; about {(plan.Estimate + (CoolDown * (scenarios.Count - 1))).TotalSeconds:0} s.";
        if (!ShouldProcess(where + string.Join(Environment.NewLine, plan.Scenarios) + total, "Run this game day?", "Start-GameDay"))
            return;
        GameDayResult? result;
        if (!(remote ? RunThere(scenarios, out result) : RunHere(scenarios, out result)))
            return;
        Tell(result!.ToString());
        foreach (var finding in result.Findings)
            Tell($"  {finding}");
        if (!remote)
            Warn(result.Report);
        Record(result.Report);
        WriteObject(result);
    }

    private bool RunHere(IReadOnlyList<Scenario> scenarios, out GameDayResult? result)
    {
        var options = new GameDayOptions { CoolDown = CoolDown, StopOnFailure = StopOnFailure };
        return RunInView((progress, tell) => new GameDay(Engine).Run(scenarios, options with { Run = RunOptions with { Progress = progress } }, chapter => tell(chapter.ToString()), Cancellation), out result);
    }

    private bool RunThere(IReadOnlyList<Scenario> scenarios, out GameDayResult? result)
    {
        var (connection, arguments) = (Connection(), Arguments());
        return RunInView((_, tell) => new HostGameDay(connection, tell).Run(HostName, scenarios, arguments, Seed, ThrottleLimit, Cancellation), out result);
    }

    // What would be found out only when a host has begun.
    private void Check(IReadOnlyList<Scenario> scenarios)
    {
        if (HostName.GroupBy(host => host, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
            ThrowTerminatingError(new ErrorRecord(new ArgumentException($"The host {twice.Key} is named twice: its runs would disturb each other."), nameof(Runtime.ErrorReason.InvalidArgument), ErrorCategory.InvalidArgument, twice.Key));
        if (scenarios.FirstOrDefault(scenario => scenario.Variants.Select(variant => variant.Load).Append(scenario.Load).Append(scenario.Health).Any(load => load?.Arrivals is ReplayArrivals)) is { } replay)
            ThrowTerminatingError(new ErrorRecord(new NotSupportedException($"{replay.Name} replays arrivals from a file, and only the scenario itself is sent to the hosts."), nameof(Runtime.ErrorReason.NotSupported), ErrorCategory.NotImplemented, replay.Name));
    }

    private Dictionary<string, object> Connection()
    {
        var options = new Hashtable(Options, StringComparer.OrdinalIgnoreCase);
        if (!options.ContainsKey("ServerAliveInterval"))
            options["ServerAliveInterval"] = 15;
        var connection = new Dictionary<string, object> { [nameof(Subsystem)] = Subsystem, [nameof(ConnectingTimeout)] = ConnectingTimeout, [nameof(Options)] = options };
        if (UserName.Length > 0)
            connection[nameof(UserName)] = UserName;
        if (Port > 0)
            connection[nameof(Port)] = Port;
        if (KeyFilePath.Length > 0)
            connection[nameof(KeyFilePath)] = ResolvePath(KeyFilePath);
        return connection;
    }

    // What is not about this machine: reports are written here, and the scenarios are chosen.
    private Hashtable Arguments()
    {
        var arguments = new Hashtable { [nameof(Seed)] = Seed, [nameof(CoolDown)] = CoolDown, [nameof(StopOnFailure)] = StopOnFailure.IsPresent };
        if (Trials > 0)
            arguments[nameof(Trials)] = Trials;
        if (RestartPolicy.Length > 0)
            arguments[nameof(RestartPolicy)] = RestartPolicy.Select(policy => policy.ToString()).ToArray();
        if (WantedInit is { } init)
            arguments[nameof(Init)] = init;
        if (MyInvocation.BoundParameters.TryGetValue("Verbose", out var verbose))
            arguments["Verbose"] = ((SwitchParameter)verbose).IsPresent;
        return arguments;
    }

    // Null when a name was wrong, which was reported: a game day with a part missing is another one.
    private IReadOnlyList<Scenario>? Choose()
    {
        if (Path.Length == 0)
            return Tagged(ScenarioCatalog.BuiltIn(), Tag.Length == 0 ? [ScenarioCatalog.GameDayTag] : Tag);
        var all = new List<Scenario>();
        foreach (var path in Path)
        {
            try
            {
                all.AddRange(Directory.Exists(ResolvePath(path)) ? ScenarioCatalog.Load(ResolvePath(path)) : Find(path));
            }
            catch (ScenarioFileException e)
            {
                WriteError(new ErrorRecord(e, "InvalidScenario", ErrorCategory.InvalidData, path));
                return null;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                WriteError(new ErrorRecord(e, "ScenarioNotFound", ErrorCategory.ObjectNotFound, path));
                return null;
            }
        }
        return Tagged(all, Tag);
    }

    private IReadOnlyList<Scenario> Tagged(IEnumerable<Scenario> scenarios, string[] tags)
    {
        Scenario[] chosen = [.. ScenarioCatalog.WithTag(scenarios, tags)];
        if (chosen.Length == 0)
        {
            var what = tags.Length == 0 ? string.Join(", ", Path) : $"the tag {string.Join(" or ", tags)}";
            WriteError(new ErrorRecord(new ItemNotFoundException($"There is no scenario for {what}."), "ScenarioNotFound", ErrorCategory.ObjectNotFound, what));
        }
        return chosen;
    }
}
