using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>A clone that is running its <see cref="ChildProgram"/>, which must not be disposed while it is waited for.</summary>
public sealed class StartedChild : IDisposable
{
    private readonly FileDescriptor _reports;
    private readonly FileDescriptor _answers;
    private readonly ChildProgram _program;
    private bool _hasHandedOver;

    internal StartedChild(int pid, PidFd process, FileDescriptor reports, FileDescriptor answers, ChildProgram program)
    {
        Pid = pid;
        Process = process;
        _reports = reports;
        _answers = answers;
        _program = program;
    }

    /// <summary>The PID as this process sees it; after a hand-over that of the sibling that took over.</summary>
    public int Pid { get; private set; }

    /// <summary>The process. The caller takes it over and disposes it.</summary>
    public PidFd Process { get; private set; }

    /// <summary>
    /// Waits until the child executes its command, announces itself or fails, and answers its questions meanwhile.
    /// A failed child has been reaped when this returns.
    /// </summary>
    /// <returns>Null when the command runs; otherwise the step that failed.</returns>
    /// <remarks>An exception of an answer kills the child, reaps it and is passed on.</remarks>
    public ChildFailure? WaitForExecute()
    {
        Span<byte> message = stackalloc byte[ChildProgram.ReportSize], handOver = stackalloc byte[ChildProgram.ReportSize];
        while (_reports.ReadFully(message) == message.Length)
        {
            var index = MemoryMarshal.Read<int>(message);
            var value = MemoryMarshal.Read<int>(message[4..]);
            // The sibling may speak before the one that cloned it has said which it is; that one is next, and never says anything else.
            var step = index is ChildProgram.Asked or ChildProgram.Announced ? value : index;
            if (index != ChildProgram.HandedOver && !_hasHandedOver && _program.IsAfterHandOver(step) && _reports.ReadFully(handOver) == handOver.Length)
                TakeOver(MemoryMarshal.Read<int>(handOver[4..]));
            switch (index)
            {
                case ChildProgram.Asked:
                    Answer(value, MemoryMarshal.Cast<byte, long>(message[8..]));
                    break;
                case ChildProgram.Announced:
                    return null;
                case ChildProgram.HandedOver:
                    TakeOver(value);
                    break;
                default:
                    Process.WaitForExit();
                    return _program.Describe(index, (Errno)value);
            }
        }
        return null;
    }

    /// <summary>A copy of a descriptor of the child (pidfd_getfd(2), Linux 5.6).</summary>
    /// <exception cref="ErrnoException">EPERM: the child may not be traced by this process.</exception>
    public FileDescriptor OpenDescriptor(long number) =>
        new((int)Libc.Checked("pidfd_getfd", null, Libc.SystemCall((nint)SystemCallNumber.pidfd_getfd, Process.Number, (nint)number)));

    /// <summary>Kills the child and reaps it.</summary>
    public void Kill()
    {
        const int SIGKILL = 9;
        Process.SendSignal(SIGKILL);
        Process.WaitForExit();
    }

    /// <summary>Ends the wait's pipes; the process itself goes on.</summary>
    public void Dispose()
    {
        _reports.Dispose();
        _answers.Dispose();
    }

    /// <summary>The new process is our child too (CLONE_PARENT), so its PID can't be reused before we reap it.</summary>
    private void TakeOver(int pid)
    {
        Process.WaitForExit();
        Process.Dispose();
        Pid = pid;
        Process = PidFd.Open(pid);
        _hasHandedOver = true;
    }

    private void Answer(int step, ReadOnlySpan<long> values)
    {
        try
        {
            _program.Question(step)(this, values);
        }
        catch
        {
            Kill();
            throw;
        }
        try
        {
            _answers.Write([1]);
        }
        catch (ErrnoException e) when (e.Errno == Errno.EPIPE)
        {
            // The child was killed meanwhile; the end of its reports says so.
        }
    }
}
