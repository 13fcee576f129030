using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>A clone that is running its <see cref="ChildProgram"/>, which must not be disposed while it is waited for.</summary>
/// <remarks>
/// It is waited for in one of two ways: <see cref="WaitForExecute"/> blocks; or, for a loop that has other duties, <see cref="Advance"/>
/// is called whenever <see cref="Waiting"/> is readable. A child in a frozen control group says nothing for as long as it is frozen.
/// </remarks>
public sealed class StartedChild : IDisposable
{
    private const int SIGKILL = 9;

    private readonly FileDescriptor _reports;
    private readonly FileDescriptor _answers;
    private readonly ChildProgram _program;
    private byte[]? _early;
    private PidFd? _former;
    private bool _isFormerReaped;
    private ChildFailure? _failure;
    private ExceptionDispatchInfo? _exception;
    private bool _hasReported;
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

    /// <summary>What is waited for: readable when <see cref="Advance"/> has something to do. It changes with each call of that.</summary>
    /// <remarks>It stays open until this object is disposed, or the caller disposes the process.</remarks>
    public FileDescriptor Waiting => !_hasReported ? _reports : IsFormerLeft ? _former! : Process;

    /// <summary>
    /// Takes one step of the wait, and answers a question of the child's. It does not block if <see cref="Waiting"/> is readable.
    /// </summary>
    /// <param name="failure">When the wait is over: null when the command runs, otherwise the step that failed; the child has been reaped then.</param>
    /// <returns>Whether the wait is over.</returns>
    /// <remarks>An exception of an answer kills the child; when it is reaped, it is passed on.</remarks>
    public bool Advance(out ChildFailure? failure)
    {
        failure = null;
        if (!_hasReported)
        {
            Span<byte> message = stackalloc byte[ChildProgram.ReportSize];
            if (_reports.ReadFully(message) == message.Length)
                Take(message);
            else
                _hasReported = true;
            if (!_hasReported)
                return false;
            // Whoever handed over has usually ended by now, and then one step does.
        }
        if (IsFormerLeft)
        {
            if (_former!.TryReap() is null)
                return false;
            _isFormerReaped = true;
        }
        if (_failure is null && _exception is null)
            return true;
        if (Process.TryReap() is null)
            return false;
        _exception?.Throw();
        failure = _failure;
        return true;
    }

    /// <summary>
    /// Waits until the child executes its command, announces itself or fails, and answers its questions meanwhile.
    /// A failed child has been reaped when this returns.
    /// </summary>
    /// <returns>Null when the command runs; otherwise the step that failed.</returns>
    /// <remarks>An exception of an answer kills the child, reaps it and is passed on.</remarks>
    public ChildFailure? WaitForExecute()
    {
        ChildFailure? failure;
        while (!Advance(out failure))
        {
            if (!_hasReported)
                continue;
            if (IsFormerLeft)
                _former!.WaitForExit();
            _isFormerReaped = true;
            if (_failure is not null || _exception is not null)
                Process.WaitForExit();
            _exception?.Throw();
            return _failure;
        }
        return failure;
    }

    /// <summary>A copy of a descriptor of the child (pidfd_getfd(2), Linux 5.6).</summary>
    /// <exception cref="ErrnoException">EPERM: the child may not be traced by this process.</exception>
    public FileDescriptor OpenDescriptor(long number) =>
        new((int)Libc.Checked("pidfd_getfd", null, Libc.SystemCall((nint)SystemCallNumber.pidfd_getfd, Process.Number, (nint)number)));

    /// <summary>Kills the child and reaps it.</summary>
    public void Kill()
    {
        Process.SendSignal(SIGKILL);
        Process.WaitForExit();
    }

    /// <summary>Ends the wait's pipes; the process itself goes on.</summary>
    public void Dispose()
    {
        _former?.Dispose();
        _reports.Dispose();
        _answers.Dispose();
    }

    private bool IsFormerLeft => _former is not null && !_isFormerReaped;

    private void Take(ReadOnlySpan<byte> message)
    {
        var index = MemoryMarshal.Read<int>(message);
        var value = MemoryMarshal.Read<int>(message[4..]);
        if (index == ChildProgram.HandedOver)
        {
            TakeOver(value);
            if (_early is { } early)
                Take(early);
            return;
        }
        // The sibling may speak before the one that cloned it has said which it is; it says no more before it is answered.
        var step = index is ChildProgram.Asked or ChildProgram.Announced ? value : index;
        if (!_hasHandedOver && _program.IsAfterHandOver(step))
        {
            _early = message.ToArray();
            return;
        }
        switch (index)
        {
            case ChildProgram.Asked:
                Answer(value, MemoryMarshal.Cast<byte, long>(message[8..]));
                break;
            case ChildProgram.Announced:
                _hasReported = true;
                break;
            default:
                _hasReported = true;
                _failure = _program.Describe(index, (Errno)value);
                break;
        }
    }

    /// <summary>The new process is our child too (CLONE_PARENT), so its PID can't be reused before we reap it.</summary>
    private void TakeOver(int pid)
    {
        _former = Process;
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
        catch (Exception e)
        {
            _exception = ExceptionDispatchInfo.Capture(e);
            _hasReported = true;
            Process.SendSignal(SIGKILL);
            return;
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
