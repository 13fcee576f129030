using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>A container in the foreground: its terminal connected with the user's, or its lines on the pipeline.</summary>
internal static class AttachedContainer
{
    /// <summary>Starts a container and stays until it ends.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="container">The container.</param>
    /// <param name="detachKeys">What leaves a terminal.</param>
    /// <param name="input">What it reads; null for what the container has by itself.</param>
    /// <param name="cancellationToken">Leaves it.</param>
    /// <param name="write">Takes the lines.</param>
    /// <returns>The exit code; null when it runs on.</returns>
    public static int? Start(ContainerEngine engine, Container container, string detachKeys, ReadOnlyMemory<byte>? input, Action<object> write, CancellationToken cancellationToken)
    {
        if (container.Tty && input is null)
            return engine.StartAndEnter(container.Id, new ContainerTerminalOptions { DetachKeys = detachKeys }, cancellationToken).ExitCode;
        using (var attachment = engine.StartAttached(container.Id, input is not null, cancellationToken))
            Follow(attachment, input, write, cancellationToken);
        return engine.Wait(container.Id, cancellationToken).ExitCode;
    }

    /// <summary>Gives a container its input, and its lines to the pipeline, until it ends.</summary>
    public static void Follow(ContainerAttachment attachment, ReadOnlyMemory<byte>? input, Action<object> write, CancellationToken cancellationToken)
    {
        // Beside the reading, for a container that writes before it has read all.
        var feeder = input is { } bytes
            ? Task.Factory.StartNew(
                () =>
                {
                    if (attachment.Write(bytes.Span, cancellationToken))
                        attachment.EndInput();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : Task.CompletedTask;
        foreach (var line in attachment.ReadLines(cancellationToken))
            write(line);
        feeder.GetAwaiter().GetResult();
    }
}
