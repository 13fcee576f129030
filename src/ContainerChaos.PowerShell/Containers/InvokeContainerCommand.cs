using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>
/// Makes a container, starts it and stays until it ends: what it writes is returned as it comes, its exit code goes into <c>$LASTEXITCODE</c>. What
/// docker run does.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "Container", SupportsShouldProcess = true)]
[OutputType(typeof(ContainerLogEntry), typeof(Container))]
public sealed class InvokeContainerCommand : NewContainerCommand
{
    private const int SIGINT = 2;

    /// <summary>Do not stay: the running container is returned.</summary>
    [Parameter]
    [Alias("d")]
    public SwitchParameter Detach { get; set; }

    /// <summary>What it reads from standard input: lines of text, or bytes as they are. Without any, there is no input, unless it has a terminal.</summary>
    [Parameter(ValueFromPipeline = true)]
    [Alias("Stdin")]
    [AllowNull]
    [AllowEmptyString]
    public object[]? StandardInput { get; set; }

    /// <summary>The keys that leave its terminal and let it run on: <c>ctrl-p,ctrl-q</c> by default; empty for none.</summary>
    [Parameter]
    [AllowEmptyString]
    public string DetachKeys { get; set; } = "ctrl-p,ctrl-q";

    private readonly List<object?> input = [];
    private bool hasInput;

    /// <summary>Takes a piece of the input.</summary>
    protected override void ProcessRecord()
    {
        hasInput |= MyInvocation.BoundParameters.ContainsKey(nameof(StandardInput));
        input.AddRange(StandardInput ?? []);
    }

    /// <summary>Runs the container.</summary>
    protected override void EndProcessing()
    {
        if (Detach && AutoRemove)
        {
            Attempt(Name ?? Image, static () => throw new ContainerException(ErrorReason.InvalidArgument, "Nobody would be there to remove a detached container when it ends.") { Remedy = "Leave out one of -Detach and -AutoRemove." });
            return;
        }

        // Somebody has to be able to give it something.
        Interactive |= hasInput;
        if (Create() is not { } container)
            return;
        var runs = false;
        try
        {
            if (Detach)
            {
                runs = Attempt(container.Name, () => WriteObject(Engine.Start(container.Id, Cancellation)));
            }
            else
            {
                Attempt(container.Name, () =>
                {
                    var code = AttachedContainer.Start(Engine, container, DetachKeys, hasInput ? InputBytes.Of(input) : null, WriteObject, Cancellation);
                    SetExitCode(code);
                    runs = code is null;
                });
            }
        }
        finally
        {
            Leave(container, runs);
        }
    }

    // Ctrl-C is the container's, as with docker run; what is to be removed does not outlive it.
    private void Leave(Container container, bool runs)
    {
        try
        {
            // Its monitor removes it at its end; this is for one that is left before, or never came so far.
            if (AutoRemove && !runs)
                Engine.Remove(container.Id, force: true);
            else if (Stopping && Engine.GetProcessId(container.Id) is not null)
                Engine.SendSignal(container.Id, SIGINT);
        }
        catch (ContainerException e)
        {
            // It has ended by itself meanwhile, or somebody else has removed it.
            if (!Stopping && e.Reason != Runtime.ErrorReason.ContainerNotFound)
                WriteError(ErrorRecords.From(e, container.Name));
        }
    }
}
