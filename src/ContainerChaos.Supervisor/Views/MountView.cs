using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>The root file system of a container that is down, mounted for as long as this is held; see <see cref="MountViewProgram"/>.</summary>
public sealed class MountView : IDisposable
{
    private readonly FileDescriptor _socket;
    private readonly int _program;

    private MountView(FileDescriptor socket, int program, int pid)
    {
        _socket = socket;
        _program = program;
        Pid = pid;
    }

    /// <summary>The process whose root it is (proc_pid_root(5)).</summary>
    public int Pid { get; }

    /// <summary>Has it mounted.</summary>
    /// <param name="executable">The path of <c>ccrun</c>.</param>
    /// <param name="paths">The container.</param>
    /// <exception cref="ContainerException">InvalidState: it is not down. What a start can fail with: a bind's source is gone, for example.</exception>
    public static MountView Open(string executable, ContainerPaths paths)
    {
        var (ours, theirs) = ConsoleSocket.Pair();
        var program = 0;
        try
        {
            using (theirs)
                program = DetachedProcess.Start(executable, ["ccrun", MountViewProgram.Verb, paths.ContainerDirectory, paths.RunDirectory], [], theirs);
            Span<byte> message = stackalloc byte[4096];
            var length = ours.Read(message);
            var reply = length > 0 ? ProtocolJson.MonitorReply.Read(message[..length], "the helper's answer") : null;
            if (reply?.Pid is { } pid)
                return new MountView(ours, program, pid);
            throw reply?.Error?.ToException()
                ?? new ContainerException(ErrorReason.StartFailed, "The program that mounts its files ended before it could say how it went.", paths.ContainerDirectory);
        }
        catch
        {
            ours.Dispose();
            if (program != 0)
                DetachedProcess.Reap(program);
            throw;
        }
    }

    /// <summary>Lets go of it; when this returns, nothing is mounted and the container can be started.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        DetachedProcess.Reap(_program);
    }
}
