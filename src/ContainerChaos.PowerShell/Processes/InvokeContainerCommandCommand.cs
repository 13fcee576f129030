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

    /// <summary>
    /// What it reads from standard input, a line each. It may come through the pipeline when the containers are named by
    /// -Name; without any, there is no input.
    /// </summary>
    [Parameter(ParameterSetName = ParameterSets.ByName, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = ParameterSets.ByObject)]
    [Alias("Stdin")]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string[]? StandardInput { get; set; }

    /// <summary>Give it a terminal of its own; its output and its errors are one then. Enter-Container connects one with yours.</summary>
    [Parameter]
    public SwitchParameter Tty { get; set; }

    /// <summary>Give it every capability that there is.</summary>
    [Parameter]
    public SwitchParameter Privileged { get; set; }

    /// <summary>Start it and leave it to itself: the process is returned, what it writes is lost.</summary>
    [Parameter]
    public SwitchParameter Detach { get; set; }

    private readonly List<string> input = [];
    private bool takesInput;
    private bool givesInput;

    /// <summary>Finds out whether the pipeline brings containers or input.</summary>
    protected override void BeginProcessing()
    {
        givesInput = MyInvocation.BoundParameters.ContainsKey(nameof(StandardInput));
        takesInput = MyInvocation.BoundParameters.ContainsKey(nameof(Name)) && MyInvocation.ExpectingInput && !givesInput;
    }

    /// <summary>Takes a piece of the input, or starts the command in the containers of this pipeline object.</summary>
    protected override void ProcessRecord()
    {
        if (takesInput)
            input.AddRange(StandardInput ?? []);
        else
            base.ProcessRecord();
    }

    /// <summary>Starts the command with the input that has come, and waits for the rest.</summary>
    protected override void EndProcessing()
    {
        if (takesInput)
        {
            StandardInput = [.. input];
            base.ProcessRecord();
        }

        base.EndProcessing();
    }

    private protected override string Operation => $"Run '{string.Join(' ', Command)}'";

    private protected override object? Act(ContainerTarget target)
    {
        var options = new ContainerCommandOptions
        {
            Command = Command,
            Env = Arguments.Pairs(Env),
            WorkingDirectory = WorkingDirectory,
            User = User,
            Privileged = Privileged,
            Tty = Tty,
            Input = HasInput ? InputBytes.Of(StandardInput!) : null,
            Timeout = double.IsNaN(Timeout) ? null : TimeSpan.FromSeconds(Timeout),
        };
        return Detach ? Engine.InvokeDetached(target.Id, options) : Engine.Invoke(target.Id, options, Cancellation);
    }

    // A pipeline of containers' names is bound to both.
    private bool HasInput => StandardInput is not null && (takesInput || givesInput);

    private protected override void Report(ContainerTarget target, object? result)
    {
        if (result is not ContainerCommandResult ended)
        {
            WriteVerbose($"{target.Name}: {Command[0]} was started.");
            if (result is not null)
                WriteObject(result);
            return;
        }

        SetExitCode(ended.ExitCode);
        WriteVerbose($"{target.Name}: {Command[0]} ended with exit code {ended.ExitCode} after {HumanText.Duration(ended.Duration)}.");
        WriteObject(ended);
    }
}
