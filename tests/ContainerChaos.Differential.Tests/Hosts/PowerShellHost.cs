using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ContainerChaos.Runtime;

namespace ContainerChaos.Differential.Tests;

/// <summary>Our engine through the module's cmdlets, in a pwsh that takes a line at a time. What is looked at afterwards, the library reads from the same root.</summary>
internal sealed class PowerShellHost : EngineHost
{
    // A line is a script; the answer is one, too: what it gave, or why it failed.
    private const string Loop = """
        $ProgressPreference = 'SilentlyContinue'
        $WarningPreference = 'SilentlyContinue'
        $ErrorActionPreference = 'Stop'
        Import-Module $env:CONTAINERCHAOS_DIFFERENTIAL_MODULE
        while ($null -ne ($line = [Console]::In.ReadLine())) {
            try { $answer = @{ value = & ([scriptblock]::Create($line)) } }
            catch {
                $reason = $_.Exception.PSObject.Properties['Reason'] ? "$($_.Exception.Reason)" : 'InvalidArgument'
                $answer = @{ reason = $reason; message = "$_" }
            }
            [Console]::Out.WriteLine((ConvertTo-Json -Compress -Depth 3 $answer))
        }
        """;

    private readonly Process _shell;

    public PowerShellHost(string images)
        : base(images)
    {
        var start = new ProcessStartInfo("pwsh", ["-NoProfile", "-NonInteractive", "-Command", Loop]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in new[]
        {
            ("CONTAINERCHAOS_ROOT", Options.DataRoot), ("CONTAINERCHAOS_RUN", Options.RunRoot), ("CONTAINERCHAOS_CGROUP", Options.CgroupParent),
            ("CONTAINERCHAOS_CCRUN", Options.CcrunPath), ("CONTAINERCHAOS_DIFFERENTIAL_MODULE", ModulePath),
        })
            start.Environment[name] = value;
        _shell = Process.Start(start)!;
    }

    /// <summary>The module as the build stages it.</summary>
    public static string ModulePath => Path.Combine(
        Environment.GetEnvironmentVariable("CONTAINERCHAOS_ARTIFACTS") ?? Path.Combine(Path.GetDirectoryName(TestRoot.CcrunPath)!, ".."), "module/ContainerChaos/ContainerChaos.psd1");

    public override string Create(ContainerRequest request) => (string)Ask($"(New-Container {Arguments(request)}).Id")!;

    public override void Start(string container) => Ask($"Start-Container {container} | Out-Null");

    public override void Stop(string container, int? grace = null) => Ask($"Stop-Container {container} {Grace(grace)} | Out-Null");

    public override void Restart(string container, int? grace = null) => Ask($"Restart-Container {container} {Grace(grace)} | Out-Null");

    public override void Kill(string container, string signal) => Ask($"Send-Signal {container} {signal} | Out-Null");

    public override void Pause(string container) => Ask($"Suspend-Container {container} | Out-Null");

    public override void Resume(string container) => Ask($"Resume-Container {container} | Out-Null");

    public override void Rename(string container, string name) => Ask($"Rename-Container {container} {Quote(name)}");

    public override void Remove(string container, bool force = false) => Ask($"Remove-Container {container} {(force ? "-Force" : "")}");

    public override int Wait(string container) => (int)Ask($"(Wait-Container {container}).ExitCode")!;

    public override CommandResult Execute(string container, CommandRequest command)
    {
        var user = command.User is null ? "" : $"-User {Quote(command.User)}";
        var directory = command.WorkingDirectory is null ? "" : $"-WorkingDirectory {Quote(command.WorkingDirectory)}";
        var result = Ask($"Invoke-ContainerCommand {container} {user} {directory} -Env {Table(command.Env)} -Command {List(command.Command)} | Select-Object ExitCode, Output, Error")!;
        return new CommandResult((int)result["ExitCode"]!, Lines(result["Output"]), Lines(result["Error"]));
    }

    public override void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
        base.Dispose();
    }

    private static string Arguments(ContainerRequest request)
    {
        var words = new List<string> { "-Image", Quote(request.Image), "-Network", Quote(request.Network), "-Env", Table(request.Env), "-Label", Table(request.Labels.Select(label => $"{label.Key}={label.Value}")) };
        void Add(string name, string? value) => words.AddRange(value is null ? [] : [name, value]);
        Add("-Name", request.Name is null ? null : Quote(request.Name));
        Add("-Command", request.Command.Count > 0 ? List(request.Command) : null);
        Add("-Entrypoint", request.Entrypoint is null ? null : List(request.Entrypoint));
        Add("-User", request.User is null ? null : Quote(request.User));
        Add("-WorkingDirectory", request.WorkingDirectory is null ? null : Quote(request.WorkingDirectory));
        Add("-Hostname", request.Hostname is null ? null : Quote(request.Hostname));
        Add("-Memory", request.Memory?.ToString(CultureInfo.InvariantCulture));
        Add("-Cpus", request.Cpus?.ToString(CultureInfo.InvariantCulture));
        Add("-PidsLimit", request.PidsLimit?.ToString(CultureInfo.InvariantCulture));
        Add("-RestartPolicy", request.RestartPolicy is null ? null : Quote(request.RestartPolicy));
        Add("-StopSignal", request.StopSignal is null ? null : Quote(request.StopSignal));
        Add("-StopTimeout", request.StopTimeout?.ToString(CultureInfo.InvariantCulture));
        Add("-Volume", request.Binds.Count > 0 ? List(request.Binds) : null);
        Add("-SecurityOption", request.SecurityOptions.Count > 0 ? List(request.SecurityOptions) : null);
        words.AddRange(request.Init ? ["-Init"] : []);
        words.AddRange(request.ReadOnly ? ["-ReadOnly"] : []);
        return string.Join(' ', words);
    }

    private static string Grace(int? seconds) => seconds is null ? "" : $"-Timeout {seconds}";

    // A line has no line breaks; what is between single quotes is what it is.
    private static string Quote(string text) => "'" + text.Replace("'", "''").Replace("\n", "'+\"`n\"+'") + "'";

    private static string List(IEnumerable<string> texts) => "@(" + string.Join(", ", texts.Select(text => $"({Quote(text)})")) + ")";

    private static string Table(IEnumerable<string> pairs) =>
        "@{" + string.Join("; ", pairs.Select(pair => pair.Split('=', 2)).Select(pair => $"{Quote(pair[0])} = {Quote(pair[1])}")) + "}";

    private static string Lines(JsonNode? node) => node is JsonArray lines ? string.Join('\n', lines.Select(line => (string)line!)) : (string?)node ?? "";

    private JsonNode? Ask(string script)
    {
        string? line;
        lock (_shell)
        {
            _shell.StandardInput.WriteLine(script);
            line = _shell.StandardOutput.ReadLine();
        }
        var answer = JsonNode.Parse(line ?? throw new InvalidOperationException($"pwsh ended at: {script}"))!;
        return answer["reason"] is { } reason ? throw new HostException(Kind(Enum.Parse<ErrorReason>((string)reason!)), $"{script}: {answer["message"]}") : answer["value"];
    }
}
