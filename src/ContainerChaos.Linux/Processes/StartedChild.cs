using System.Buffers.Binary;

namespace ContainerChaos.Linux;

/// <summary>A clone that is running its <see cref="ChildProgram"/>.</summary>
public sealed class StartedChild : IDisposable
{
    private readonly FileDescriptor _reports;
    private readonly IReadOnlyList<(string Step, ChildStage Stage)> _descriptions;

    internal StartedChild(int pid, PidFd process, FileDescriptor reports, IReadOnlyList<(string Step, ChildStage Stage)> descriptions)
    {
        Pid = pid;
        Process = process;
        _reports = reports;
        _descriptions = descriptions;
    }

    /// <summary>The PID as this process sees it; after a hand-over that of the sibling that took over.</summary>
    public int Pid { get; private set; }

    /// <summary>The process. The caller takes it over and disposes it.</summary>
    public PidFd Process { get; private set; }

    /// <summary>
    /// Waits until the child executes its command or fails. A failed child has been reaped when this returns.
    /// </summary>
    /// <returns>Null when the command runs; otherwise the step that failed.</returns>
    public ChildFailure? WaitForExecute()
    {
        Span<byte> message = stackalloc byte[8];
        while (_reports.ReadFully(message) == message.Length)
        {
            var index = BinaryPrimitives.ReadInt32LittleEndian(message);
            var value = BinaryPrimitives.ReadInt32LittleEndian(message[4..]);
            if (index >= 0)
            {
                Process.WaitForExit();
                return new ChildFailure(_descriptions[index].Step, (Errno)value, _descriptions[index].Stage);
            }
            // Handed over: the new process is our child too (CLONE_PARENT), so its PID can't be reused before we reap it.
            Process.WaitForExit();
            Process.Dispose();
            Pid = value;
            Process = PidFd.Open(value);
        }
        return null;
    }

    /// <summary>Ends the wait's pipe; the process itself goes on.</summary>
    public void Dispose() => _reports.Dispose();
}
