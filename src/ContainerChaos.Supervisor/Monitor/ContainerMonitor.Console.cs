using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>PID 1's terminal, or its open input, and those who are attached.</summary>
internal sealed partial class ContainerMonitor
{
    private StreamCollector? _terminal;
    private ConsoleSocket? _terminalSocket;
    private FileDescriptor? _inputEnd;
    private PidFd? _holder;
    private bool _isHolderChild;

    /// <summary>Lets somebody in before the container is started.</summary>
    internal void Attach(FileDescriptor[] streams, bool input)
    {
        if (streams.Length > 0)
            _console.Attach(streams[0], streams.Length > 1 ? streams[1] : null, input);
    }

    private void Attach(MonitorRequest request, FileDescriptor[] descriptors)
    {
        if (_process is null)
            throw NotRunning("attach to");
        if (descriptors.Length is not (1 or 2))
            throw new ContainerException(ErrorReason.InvalidArgument, "attach: one socket or two are needed.");
        if (request.Input && !_definition.Interactive && !_definition.Tty)
        {
            throw new ContainerException(ErrorReason.InvalidState, $"{_definition.Name} has no standard input to give something to.", _definition.Name)
            {
                Remedy = "Make it with -Interactive; or look at its output only.",
            };
        }

        // The message's own are closed with it.
        Attach([.. descriptors.Select(descriptor => FileDescriptor.Duplicate(descriptor.Number))], request.Input);
    }

    private void Resize(MonitorRequest request)
    {
        if (request.Size is not { Width: > 0, Height: > 0 } size)
            throw new ContainerException(ErrorReason.InvalidArgument, "resize: a size is needed.");
        if (!_console.Resize(size))
            throw new ContainerException(ErrorReason.InvalidState, $"{_definition.Name} has no terminal.", _definition.Name) { Remedy = "Make it with -Tty." };
    }

    /// <summary>A command's own terminal goes straight to whoever asked for it, so that nothing of it passes through here.</summary>
    private static LaunchStreams StreamsOf(ProcessSpec process, FileDescriptor[] descriptors) => process.Terminal
        ? new LaunchStreams(descriptors[0], descriptors[0], descriptors[0]) { ConsoleSocket = descriptors[0] }
        : new LaunchStreams(descriptors[0], descriptors[1], descriptors[2]);

    /// <summary>Reads a terminal that nobody looks at any more, or what runs on it would wait once its buffer is full.</summary>
    private void Keep(FileDescriptor[] descriptors)
    {
        if (descriptors is not [var received])
            throw new ContainerException(ErrorReason.InvalidArgument, "keep: a terminal is needed.");
        var master = FileDescriptor.Duplicate(received.Number);
        master.SetNonBlocking();
        var buffer = new byte[4096];
        _loop.Add(master, EventPollFlags.EPOLLIN, _ =>
        {
            try
            {
                if (master.Read(buffer) != 0)
                    return;
            }
            catch (ErrnoException e) when (e.Errno == Errno.EIO)
            {
                // Its last process has closed it.
            }

            _loop.Close(master);
        });
    }

    /// <summary>What PID 1 is started with: nothing to read, a pipe, or a terminal that it makes itself and sends here.</summary>
    private FileDescriptor OpenConsole(out FileDescriptor? terminal)
    {
        terminal = null;
        if (_definition.Tty)
        {
            (_terminalSocket, terminal) = ConsoleSocket.Pair();
        }
        else if (_definition.Interactive)
        {
            (var input, _inputEnd) = FileDescriptor.Pipe();
            return input;
        }

        return FileDescriptor.Open("/dev/null", OpenFlags.O_RDWR);
    }

    /// <summary>Takes the terminal, or the input, of a PID 1 that has been started; lets go of them if it was not, for the next one's attached.</summary>
    private void ConnectConsole(bool isStarted)
    {
        try
        {
            if (isStarted && _terminalSocket is not null)
                OpenTerminal(ConsoleSocket.PeekTerminal(_terminalSocket));
            else if (isStarted && _inputEnd is not null)
                _console.OpenInput(_inputEnd);
            else if (!isStarted)
                LetGo();
            _inputEnd = null;
        }
        catch (Exception e) when (e is ContainerException or ErrnoException or IOException)
        {
            // It was killed on its way, before it could send its terminal; its end is seen in a moment.
            LetGo();
        }

        void LetGo()
        {
            _inputEnd?.Dispose();
            _inputEnd = null;
            CloseConsole(keepsClients: true);
        }
    }

    private void OpenTerminal(FileDescriptor master)
    {
        _terminal = new StreamCollector(master, _log) { OnPiece = piece => _console.Write(piece, isError: false) };
        var collector = _terminal;
        _console.OpenTerminal(master, () =>
        {
            collector.Collect();
            return !collector.IsHungUp;
        });
    }

    /// <summary>
    /// Starts the process that keeps the console while no monitor does: before PID 1 executes its command, so that there is no moment in
    /// which the death of the monitor would hang up a terminal. It keeps the socket, in which the terminal waits for whoever looks.
    /// </summary>
    private void StartHolder(int pid)
    {
        if ((_terminalSocket ?? _inputEnd) is not { } kept)
            return;
        using var container = PidFd.Open(pid);
        (_holder, var holder) = ConsoleHolder.Start(kept, container);
        _isHolderChild = true;
        _state = _state with { ConsoleHolderPid = holder, ConsoleHolderStartTime = ProcessStat.TryReadStartTime(holder) ?? 0 };
    }

    private void AdoptConsole()
    {
        if (ConsoleHolder.TryTake(_state.ConsoleHolderPid, _state.ConsoleHolderStartTime) is not (var holder, var kept))
        {
            if (_definition.Tty)
                WriteState(_state with { Warnings = [.. _state.Warnings, "Its terminal was lost with its last monitor and the process that keeps it."] });
            return;
        }

        _holder = holder;
        if (!_definition.Tty)
        {
            _console.OpenInput(kept);
            return;
        }

        using (kept)
            OpenTerminal(ConsoleSocket.PeekTerminal(kept));
    }

    /// <summary>PID 1 has ended, or was never started: its terminal goes, and those who are attached with it.</summary>
    private void CloseConsole(bool keepsClients = false)
    {
        _terminal?.Drain();
        _terminal = null;
        if (keepsClients)
            _console.CloseInput();
        else
            _console.Close();
        _terminalSocket?.Dispose();
        _terminalSocket = null;
        EndHolder();
    }

    private void EndHolder()
    {
        const int SIGKILL = 9;
        if (_holder is null)
            return;
        _holder.SendSignal(SIGKILL);
        if (_isHolderChild)
            _holder.WaitForExit();
        _isHolderChild = false;
        _holder.Dispose();
        _holder = null;
        _state = _state with { ConsoleHolderPid = 0, ConsoleHolderStartTime = 0 };
    }
}
