using System.Collections;
using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ContainerChaos.Scenarios;

namespace ContainerChaos.PowerShell;

/// <summary>Runs a game day on several hosts at once, each in a session of PowerShell's own SSH remoting, and makes one result of theirs.</summary>
/// <param name="connection">The parameters of New-PSSession beside the host.</param>
/// <param name="tell">Hears what the hosts say, on several threads.</param>
internal sealed class HostGameDay(IReadOnlyDictionary<string, object> connection, Action<HostRecord> tell)
{
    // What a host does. The scenarios are sent as text; what it narrates comes as lines, and its result as bytes.
    private const string Script = """
        param([string] $Version, [string[]] $Name, [string[]] $Text, [hashtable] $Argument)
        Import-Module ContainerChaos -RequiredVersion $Version -ErrorAction Stop
        $folder = [IO.Directory]::CreateTempSubdirectory('containerchaos-').FullName
        try {
            $files = for ($i = 0; $i -lt $Name.Count; $i++) {
                $file = [IO.Path]::Combine($folder, "$($i + 1)-$($Name[$i])")
                [IO.File]::WriteAllText($file, $Text[$i])
                $file
            }
            Start-GameDay -Path $files @Argument -Confirm:$false 6>&1 | ForEach-Object {
                if ($_ -is [Management.Automation.InformationRecord]) { "$($_.MessageData)" } else { , $_.Pack() }
            }
        }
        finally {
            # By no command: with Remove-Item the folder stayed when the pipeline was stopped from afar.
            [IO.Directory]::Delete($folder, $true)
        }
        """;

    // This version, and so the one that is needed there: the module is as its assemblies.
    private static readonly string Version = typeof(GameDayResult).Assembly.GetName().Version!.ToString(3);

    // How long a host that is told to stop may take to tidy up. What it leaves then is its watchdog's.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs it.</summary>
    /// <param name="hosts">The hosts, as New-PSSession takes them.</param>
    /// <param name="scenarios">The scenarios.</param>
    /// <param name="arguments">The parameters of Start-GameDay there.</param>
    /// <param name="seed">The seed, which is one of these.</param>
    /// <param name="throttle">How many at once.</param>
    /// <param name="cancellation">Ends it on all of them; they have tidied up before the exception is thrown.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public GameDayResult Run(string[] hosts, IReadOnlyList<Scenario> scenarios, Hashtable arguments, int seed, int throttle, CancellationToken cancellation)
    {
        var startedAt = DateTimeOffset.UtcNow;
        var began = Stopwatch.GetTimestamp();
        var texts = scenarios.Select(ScenarioCatalog.TextOf).ToArray();
        using var places = new SemaphoreSlim(throttle);
        // Threads of their own: a host is waited for most of the time.
        var runs = hosts.Select((host, index) => Task.Factory.StartNew(
            () =>
            {
                places.Wait(cancellation);
                try
                {
                    return Run(host, index + 1, scenarios, texts, arguments, cancellation);
                }
                finally
                {
                    places.Release();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        // None is left alone, whatever became of the others.
        Task.WhenAll(runs).ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        return GameDayResult.Merge([.. runs.Select(run => run.GetAwaiter().GetResult())], scenarios, startedAt, Stopwatch.GetElapsedTime(began), seed);
    }

    private HostOutcome Run(string host, int number, IReadOnlyList<Scenario> scenarios, string[] texts, Hashtable arguments, CancellationToken cancellation)
    {
        void Tell(object record) => tell(new HostRecord(host, number, record));
        try
        {
            // The session's home: errors, and what waits for the host, are nobody else's.
            var home = System.Management.Automation.PowerShell.Create(RunspaceMode.NewRunspace);
            var session = Connect(host, home, cancellation);
            GameDayResult result;
            try
            {
                CheckModule(host, session, cancellation);
                var shell = On(session).AddScript(Script).AddParameters(new Dictionary<string, object>
                {
                    ["Version"] = Version,
                    ["Name"] = scenarios.Select(scenario => System.IO.Path.GetFileName(scenario.Source)).ToArray(),
                    ["Text"] = texts,
                    ["Argument"] = arguments,
                });
                result = Read(host, shell, scenarios, Tell, cancellation);
            }
            catch (Exception e) when (e is HostProblemException or OperationCanceledException)
            {
                // The host's own word, or ours: the session is there.
                Close(session, home);
                throw;
            }
            Close(session, home);
            return new HostOutcome(host, result, null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it is: the others' results are not lost by it.
            var problem = e as HostProblemException ?? new HostProblemException(
                host, "HostLost", ErrorCategory.ConnectionError, $"it was lost in the middle: {FirstLine(e)}",
                "Its faults end with its session or by their deadline, and its containers with the next game day there.", e);
            Tell(problem.ToRecord());
            return new HostOutcome(host, null, problem.Problem);
        }
    }

    // Not for one that broke, which PowerShell closes itself, and nothing of which may be disposed of: it would write to the pipe of the ssh that has ended, and a
    // thread of its own that closes the same pipe then ends the process with what it can't flush (7.6).
    private static void Close(PSSession session, System.Management.Automation.PowerShell home) =>
        // One whose network is gone may take its time, and nobody waits for more from it.
        Task.Run(
            () =>
            {
                session.Runspace.Dispose();
                home.Dispose();
            },
            CancellationToken.None).ContinueWith(_ => { }, TaskScheduler.Default).Wait(Patience, CancellationToken.None);

    private PSSession Connect(string host, System.Management.Automation.PowerShell home, CancellationToken cancellation)
    {
        const string remedy = "It takes an sshd with PowerShell as its subsystem there, and a key and a known host key, so that nobody is asked. Try ssh, and then New-PSSession -HostName.";
        if (SshLogin.Try(host, connection, TimeSpan.FromMilliseconds((int)connection["ConnectingTimeout"]), cancellation) is { } why)
            throw new HostProblemException(host, "HostUnreachable", ErrorCategory.ConnectionError, $"it cannot be reached: {why}", remedy);
        home.AddCommand("New-PSSession").AddParameter("HostName", host).AddParameters(connection.ToDictionary());
        Exception? failure = null;
        try
        {
            if (Invoke(home, cancellation, _ => { }) is [PSSession session])
                return session;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            failure = e;
        }
        throw new HostProblemException(
            host, "HostUnreachable", ErrorCategory.ConnectionError, $"it cannot be reached: {FirstLine(home.Streams.Error.FirstOrDefault()?.Exception ?? failure)}",
            remedy, failure);
    }

    private void CheckModule(string host, PSSession session, CancellationToken cancellation)
    {
        var shell = On(session).AddScript("(Get-Module ContainerChaos -ListAvailable).ForEach{ $_.Version.ToString() }");
        var versions = new List<string>();
        Told(host, () => Invoke(shell, cancellation, one => versions.Add((string)one)));
        if (versions.Count == 0)
        {
            throw new HostProblemException(
                host, "ModuleNotFound", ErrorCategory.NotInstalled, "it has no module ContainerChaos.",
                $"Install version {Version} where PowerShell finds it there (PSModulePath).");
        }
        if (!versions.Contains(Version))
        {
            throw new HostProblemException(
                host, "ModuleVersionMismatch", ErrorCategory.NotInstalled, $"it has ContainerChaos {string.Join(", ", versions)}, and this is {Version}.",
                $"Install version {Version} there, or that one here: their results are read by the same version only.");
        }
    }

    private static GameDayResult Read(
        string host, System.Management.Automation.PowerShell shell, IReadOnlyList<Scenario> scenarios, Action<object> tell, CancellationToken cancellation)
    {
        byte[]? packed = null;
        shell.Streams.Error.DataAdded += (_, e) => tell(shell.Streams.Error[e.Index]);
        shell.Streams.Warning.DataAdded += (_, e) => tell(shell.Streams.Warning[e.Index]);
        shell.Streams.Verbose.DataAdded += (_, e) => tell(shell.Streams.Verbose[e.Index]);
        shell.Streams.Progress.DataAdded += (_, e) => tell(shell.Streams.Progress[e.Index]);
        Told(host, () => Invoke(shell, cancellation, one =>
        {
            if (one is byte[] bytes)
                packed = bytes;
            else
                tell(one.ToString()!);
        }));
        const string look = "Run Start-GameDay there to see more.";
        if (packed is null)
        {
            var why = shell.Streams.Error.LastOrDefault() is { } last ? FirstLine(last.Exception) : "it ended without a result.";
            throw new HostProblemException(host, "NoResult", ErrorCategory.InvalidResult, why, look);
        }
        try
        {
            return GameDayResult.Unpack(packed, scenarios);
        }
        catch (InvalidDataException e)
        {
            throw new HostProblemException(host, "NoResult", ErrorCategory.InvalidResult, e.Message, look, e);
        }
    }

    // What ends a script there is its own doing, and has its own words.
    private static void Told(string host, Action run)
    {
        try
        {
            run();
        }
        catch (RemoteException e)
        {
            throw new HostProblemException(host, e.ErrorRecord.FullyQualifiedErrorId.Split(',')[0], e.ErrorRecord.CategoryInfo.Category, FirstLine(e), "Run Start-GameDay there to see more.", e);
        }
    }

    private static System.Management.Automation.PowerShell On(PSSession session)
    {
        var shell = System.Management.Automation.PowerShell.Create();
        shell.Runspace = session.Runspace;
        return shell;
    }

    // The output, which is given one by one as well.
    private static IReadOnlyList<object> Invoke(System.Management.Automation.PowerShell shell, CancellationToken cancellation, Action<object> each)
    {
        using var output = new PSDataCollection<PSObject>();
        output.DataAdded += (_, e) => each(output[e.Index].BaseObject);
        var pending = shell.BeginInvoke<PSObject, PSObject>(null, output);
        if (WaitHandle.WaitAny([pending.AsyncWaitHandle, cancellation.WaitHandle]) == 1)
        {
            shell.BeginStop(null, null);
            pending.AsyncWaitHandle.WaitOne(Patience);
            throw new OperationCanceledException(cancellation);
        }
        shell.EndInvoke(pending);
        return [.. output.Select(one => one.BaseObject)];
    }

    private static string FirstLine(Exception? e) => (e?.Message ?? "nobody says why.").ReplaceLineEndings("\n").Split('\n')[0];
}
