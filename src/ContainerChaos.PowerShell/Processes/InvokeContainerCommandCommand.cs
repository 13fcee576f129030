using System.Collections;
using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Runs a command in running containers and waits for its end. Its exit code also goes into <c>$LASTEXITCODE</c>.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ContainerCommand", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(ContainerCommandResult))]
public sealed class InvokeContainerCommandCommand : ContainerActionCmdlet
{
    /// <summary>The program and its arguments; after <c>--</c> they are taken as they are, dashes too.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromRemainingArguments = true)]
    [ValidateNotNullOrEmpty]
    public string[] Command { get; set; } = [];

    /// <summary>Environment variables on top of the container's.</summary>
    [Parameter]
    [Alias("Environment")]
    public Hashtable? Env { get; set; }

    /// <summary>The folder it starts in; the container's by default.</summary>
    [Parameter]
    public string? WorkingDirectory { get; set; }

    /// <summary>The user it runs as, <c>user[:group]</c>; the container's by default.</summary>
    [Parameter]
    public string? User { get; set; }

    /// <summary>How long it may take, in seconds (a number or a time span); it is killed after that. Without it there is no limit.</summary>
    [Parameter]
    [SecondsArgument]
    [ValidateRange(0.001d, 86400d)]
    public double Timeout { get; set; } = double.NaN;

    private protected override string Operation => $"Run '{string.Join(' ', Command)}'";

    private protected override object Act(ContainerTarget target) => Engine.Invoke(
        target.Id,
        new ContainerCommandOptions
        {
            Command = Command,
            Env = Arguments.Pairs(Env),
            WorkingDirectory = WorkingDirectory,
            User = User,
            Timeout = double.IsNaN(Timeout) ? null : TimeSpan.FromSeconds(Timeout),
        },
        Cancellation);

    private protected override void Report(ContainerTarget target, object? result)
    {
        var ended = (ContainerCommandResult)result!;
        SessionState.PSVariable.Set("global:LASTEXITCODE", ended.ExitCode);
        WriteVerbose($"{target.Name}: {Command[0]} ended with exit code {ended.ExitCode} after {HumanText.Duration(ended.Duration)}.");
        WriteObject(ended);
    }
}
