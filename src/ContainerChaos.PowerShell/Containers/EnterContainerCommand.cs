using System.Collections;
using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Connects your terminal with one in a running container: a new one with a shell, or that of its PID 1. The exit code goes into <c>$LASTEXITCODE</c>.</summary>
[Cmdlet(VerbsCommon.Enter, "Container", SupportsShouldProcess = true, DefaultParameterSetName = "Shell")]
[OutputType(typeof(ContainerTerminalResult), typeof(ContainerLogEntry))]
public sealed class EnterContainerCommand : ContainerChaosCmdlet
{
    /// <summary>The container: its name, its id, or a beginning of the id that no other has.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Id", "Container")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The program and its arguments. Without it the shell of its user by the container's own /etc/passwd, /bin/bash or /bin/sh.</summary>
    [Parameter(Position = 1, ValueFromRemainingArguments = true, ParameterSetName = "Shell")]
    public string[] Command { get; set; } = [];

    /// <summary>The user it runs as, <c>user[:group]</c>; the container's by default.</summary>
    [Parameter(ParameterSetName = "Shell")]
    public string? User { get; set; }

    /// <summary>Environment variables on top of the container's.</summary>
    [Parameter(ParameterSetName = "Shell")]
    [Alias("Environment")]
    public Hashtable? Env { get; set; }

    /// <summary>The folder it starts in; the container's by default.</summary>
    [Parameter(ParameterSetName = "Shell")]
    public string? WorkingDirectory { get; set; }

    /// <summary>Give it every capability that there is.</summary>
    [Parameter(ParameterSetName = "Shell")]
    public SwitchParameter Privileged { get; set; }

    /// <summary>
    /// Not a new shell but PID 1 itself. Of a container without a terminal what it writes is returned, from now until it ends, and what comes
    /// through the pipeline is its input, if it is interactive.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = "Attach")]
    public SwitchParameter Attach { get; set; }

    /// <summary>Input for PID 1: lines of text, or bytes as they are; its end is the end of the input.</summary>
    [Parameter(ParameterSetName = "Attach", ValueFromPipeline = true)]
    [Alias("Stdin")]
    [AllowNull]
    [AllowEmptyString]
    public object[]? StandardInput { get; set; }

    /// <summary>The keys that leave the terminal and let what runs there run on: <c>ctrl-p,ctrl-q</c> by default; empty for none.</summary>
    [Parameter]
    [AllowEmptyString]
    public string DetachKeys { get; set; } = "ctrl-p,ctrl-q";

    /// <summary>Return how it ended.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private readonly List<object?> input = [];
    private bool hasInput;

    /// <summary>Takes a piece of the input.</summary>
    protected override void ProcessRecord()
    {
        hasInput |= MyInvocation.BoundParameters.ContainsKey(nameof(StandardInput));
        input.AddRange(StandardInput ?? []);
    }

    /// <summary>Enters.</summary>
    protected override void EndProcessing()
    {
        if (ShouldProcess(Name, Attach ? "Attach to PID 1" : "Enter container"))
            Attempt(Name, Enter);
    }

    private void Enter()
    {
        var options = new ContainerTerminalOptions
        {
            Command = Command,
            Env = Arguments.Pairs(Env),
            WorkingDirectory = WorkingDirectory,
            User = User,
            Privileged = Privileged,
            DetachKeys = DetachKeys,
        };
        if (Attach && (hasInput || Engine.Get(Name) is { Tty: false }))
        {
            ReadOnlyMemory<byte>? bytes = hasInput ? InputBytes.Of(input) : null;
            using (var attachment = Engine.Attach(Name, hasInput))
                AttachedContainer.Follow(attachment, bytes, WriteObject, Cancellation);
            SetExitCode(Engine.Get(Name).ExitCode);
            return;
        }

        var result = Attach ? Engine.EnterConsole(Name, options, Cancellation) : Engine.Enter(Name, options, Cancellation);
        SetExitCode(result.ExitCode);
        WriteVerbose(result.IsDetached ? $"{result.Container}: left; it runs on." : $"{result.Container}: ended with exit code {result.ExitCode}.");
        if (PassThru)
            WriteObject(result);
    }
}
