using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>Starts monitors. It never forks by itself and leaves no child behind.</summary>
public static class MonitorLauncher
{
    /// <summary>Starts a container: returns when its first process executes its command.</summary>
    /// <param name="executable">The path of <c>ccrun</c>.</param>
    /// <param name="paths">The container.</param>
    /// <returns>The state after the start.</returns>
    /// <exception cref="ContainerException">The container could not be started, as its monitor says.</exception>
    public static ContainerState Start(string executable, ContainerPaths paths) => Launch(executable, MonitorProgram.Start, paths);

    /// <summary>Starts a container with somebody attached to it from its first byte on.</summary>
    /// <param name="executable">The path of <c>ccrun</c>.</param>
    /// <param name="paths">The container.</param>
    /// <param name="streams">As in <see cref="MonitorClient.Attach"/>: one socket, or two.</param>
    /// <param name="input">Whether input is given.</param>
    public static ContainerState StartAttached(string executable, ContainerPaths paths, IReadOnlyList<FileDescriptor> streams, bool input)
    {
        var (ours, theirs) = ConsoleSocket.Pair();
        // They wait in the socket until the monitor takes them.
        ours.TrySend([.. streams]);
        return Launch(executable, input ? MonitorProgram.StartWithInput : MonitorProgram.StartAttached, paths, ours, theirs);
    }

    /// <summary>Replaces a monitor that was killed; the container is not touched.</summary>
    /// <returns>The state as the new monitor found it.</returns>
    public static ContainerState Adopt(string executable, ContainerPaths paths) => Launch(executable, MonitorProgram.Adopt, paths);

    private static ContainerState Launch(string executable, string purpose, ContainerPaths paths)
    {
        var (ready, readyWriter) = FileDescriptor.Pipe();
        return Launch(executable, purpose, paths, ready, readyWriter);
    }

    private static ContainerState Launch(string executable, string purpose, ContainerPaths paths, FileDescriptor ready, FileDescriptor readyWriter)
    {
        using (ready)
        {
            int pid;
            using (readyWriter)
                pid = Spawn(executable, purpose, paths, readyWriter);
            // What was started only hands over to the monitor, and ends while that already works.
            var exitCode = DetachedProcess.Reap(pid);
            var message = ReadToEnd(ready);
            if (message.Length == 0)
            {
                throw new ContainerException(
                    ErrorReason.MonitorLost, $"The monitor of {Path.GetFileName(paths.ContainerDirectory)} ended before it could say how the start went (exit code {exitCode}).", paths.ContainerDirectory);
            }
            var reply = ProtocolJson.MonitorReply.Read(message, "the monitor's answer");
            return reply.Error is { } error ? throw error.ToException() : reply.State ?? new ContainerState();
        }
    }

    private static int Spawn(string executable, string purpose, ContainerPaths paths, FileDescriptor ready)
    {
        try
        {
            return DetachedProcess.Start(
                executable, ["ccrun", MonitorProgram.DetachVerb, purpose, paths.ContainerDirectory, paths.RunDirectory], [], ready);
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(ErrorReason.StartFailed, $"The container runtime {executable} can't be started: {e.Message}.", executable, e)
            {
                Remedy = "Reinstall the module; ccrun must lie beside it and be executable.",
            };
        }
    }

    private static byte[] ReadToEnd(FileDescriptor pipe)
    {
        using var message = new MemoryStream();
        Span<byte> buffer = stackalloc byte[4096];
        while (pipe.Read(buffer) is > 0 and var count)
            message.Write(buffer[..count]);
        return message.ToArray();
    }
}
