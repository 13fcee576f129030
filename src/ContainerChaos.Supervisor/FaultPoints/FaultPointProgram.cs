using System.Text.Json;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// <c>ccrun fault-points PLACE</c>: the process that answers the intercepted calls of a container as long as one of its processes lives, and the spare that
/// takes its place within milliseconds when it is killed.
/// </summary>
/// <remarks>
/// The listener, the socket on which faults ask for their rules, and the journal of unanswered calls are descriptors that both of them have, under fixed
/// numbers. The monitor has none of these: it may die and be replaced as ever.
/// </remarks>
public static class FaultPointProgram
{
    /// <summary>The verb.</summary>
    public const string Verb = "fault-points";

    private const int Listener = 200, Socket = 201, Journal = 202, Lifeline = 203;
    private const int SIG_SETMASK = 2, PR_SET_NAME = 15, MaximumMessage = 64 * 1024;

    /// <summary>Starts it, as nobody's child.</summary>
    /// <param name="listener">The filter's listener.</param>
    /// <param name="socket">Where it is asked.</param>
    /// <param name="place">The container's run directory, which tells whoever looks at ps(1) whose it is.</param>
    internal static void Start(FileDescriptor listener, SeqPacketSocket socket, string place)
    {
        using var journal = CallJournal.Make();
        using var program = new ChildProgram();
        ChildSlot listening = program.NewSlot(), asking = program.NewSlot(), keeping = program.NewSlot(), child = program.NewSlot();
        program.Call("take the listener", SystemCallNumber.dup3, listening, Listener, 0);
        program.Call("take the socket", SystemCallNumber.dup3, asking, Socket, 0);
        program.Call("take the journal", SystemCallNumber.dup3, keeping, Journal, 0);
        program.MoveReports("keep the report's pipe", Lifeline);
        program.Call("close the monitor's descriptors", SystemCallNumber.close_range, 3, Listener - 1);
        program.Call("close the monitor's descriptors", SystemCallNumber.close_range, Lifeline + 2, uint.MaxValue);
        program.Call("start a session", SystemCallNumber.setsid);
        const int SIGCHLD = 17;
        program.Call("leave the monitor", SystemCallNumber.clone, SIGCHLD).Into(child);
        program.SkipIf(child, 0, steps: 1);
        program.Call("end", SystemCallNumber.exit_group, 0);
        Execute(program, place);
        using var started = program.Start(CloneFlags.None, cgroup: null, (listening, listener.Number), (asking, socket.Number), (keeping, journal.Number));
        var failure = started.WaitForExecute();
        using (started.Process)
        {
            if (failure is not null)
                throw new ErrnoException(failure.Errno, failure.Step);
            started.Process.WaitForExit();
        }
    }

    /// <summary>Answers until nobody is left who could call.</summary>
    /// <param name="arguments">The place.</param>
    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments is not [var place])
            return 2;
        Environment.CurrentDirectory = "/";
        File.WriteAllText("/proc/self/comm", "ccrun-faults");
        using var loop = new EventLoop();
        using var listener = new CallListener(Listener);
        using var socket = SeqPacketSocket.Inherit(Socket);
        using var journalFile = new FileDescriptor(Journal);
        using var journal = new CallJournal(journalFile);
        using var gate = new CallGate(listener, journal, loop);
        using var spare = new Spare(loop, gate, place);
        var clients = new Dictionary<SeqPacketSocket, ActiveRule?>();
        loop.Add(listener, EventPollFlags.None, _ => loop.Stop());
        loop.Add(socket, EventPollFlags.EPOLLIN, _ => Accept());
        gate.Start();
        loop.Run();
        foreach (var client in clients.Keys)
        {
            client.TrySend([FaultPointClient.End]);
            client.Dispose();
        }
        return 0;

        void Accept()
        {
            while (socket.Accept() is { } client)
            {
                if (!client.IsPeerTrusted())
                {
                    client.Dispose();
                    continue;
                }
                clients[client] = null;
                loop.Add(client, EventPollFlags.EPOLLIN, _ => Serve(client));
            }
        }

        void Serve(SeqPacketSocket client)
        {
            var length = client.Receive(MaximumMessage, out var message, out _);
            if (length < 0)
                return;
            if (length > 0 && TryRead(message) is { } request)
            {
                if (request.Remove is { } id && gate.Find(id) is { } found)
                    gate.Remove(found);
                if (request.Rule is { } rule)
                    gate.Add(clients[client] = new ActiveRule(rule));
                client.TrySend([FaultPointClient.Done]);
                return;
            }
            if (clients.Remove(client, out var held) && held is not null)
                gate.Remove(held);
            loop.Close(client);
        }
    }

    private static FaultPointRequest? TryRead(ReadOnlySpan<byte> message)
    {
        try
        {
            return JsonSerializer.Deserialize(message, FaultJson.Default.FaultPointRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Execute(ChildProgram program, string place)
    {
        program.Call("unblock the signals", SystemCallNumber.rt_sigprocmask, SIG_SETMASK, program.Memory(8), 0, 8);
        program.Call(
            "execute what answers calls", SystemCallNumber.execveat, NativeConstants.AT_FDCWD, program.Text("/proc/self/exe"),
            program.TextArray(["ccrun", Verb, place]), program.TextArray([]), 0);
    }

    /// <summary>
    /// A clone that has executed nothing and waits for the end of this process: of its own accord that is said with a byte, and the spare ends; otherwise
    /// the pipe ends, and it becomes what this process was.
    /// </summary>
    private sealed class Spare : IDisposable
    {
        private readonly EventLoop _loop;
        private readonly CallGate _gate;
        private readonly string _place;
        private PidFd _process;
        private FileDescriptor _lifeline;

        internal Spare(EventLoop loop, CallGate gate, string place)
        {
            _loop = loop;
            _gate = gate;
            _place = place;
            (_process, _lifeline) = Clone(place);
            Watch();
        }

        public void Dispose()
        {
            _loop.Remove(_process);
            try
            {
                _lifeline.Write([0]);
                _process.WaitForExit();
            }
            catch (ErrnoException e) when (e.Errno == Errno.EPIPE)
            {
                // It has been killed just now.
            }
            _process.Dispose();
            _lifeline.Dispose();
        }

        private void Watch() => _loop.Add(_process, EventPollFlags.EPOLLIN, _ =>
        {
            if (_process.TryReap() is null)
                return;
            _loop.Close(_process);
            _lifeline.Dispose();
            // A clone must not be made while another thread may ask for a garbage collection.
            _gate.WhileQuiet(() => (_process, _lifeline) = Clone(_place));
            Watch();
        });

        private static (PidFd Process, FileDescriptor Lifeline) Clone(string place)
        {
            var (life, lifeline) = FileDescriptor.Pipe();
            using (life)
            {
                using var program = new ChildProgram();
                ChildSlot waiting = program.NewSlot(), said = program.NewSlot(), nothing = program.NewSlot();
                program.Call("take the lifeline", SystemCallNumber.dup3, waiting, Lifeline, 0);
                program.MoveReports("keep the report's pipe", Lifeline + 1);
                program.Call("close what the spare does not need", SystemCallNumber.close_range, 3, Listener - 1);
                program.Call("close what the spare does not need", SystemCallNumber.close_range, Lifeline + 3, uint.MaxValue);
                program.Call("have a name", SystemCallNumber.prctl, PR_SET_NAME, program.Text("ccrun-spare"), 0, 0, 0);
                program.Announce("be ready", nothing);
                program.Call("wait for the end of the other", SystemCallNumber.read, Lifeline, program.Memory(1), 1).Into(said);
                program.SkipIf(said, 0, steps: 1);
                program.Call("end", SystemCallNumber.exit_group, 0);
                program.Call("close the lifeline", SystemCallNumber.close, Lifeline);
                Execute(program, place);
                using var child = program.Start(CloneFlags.None, cgroup: null, (waiting, life.Number));
                return child.WaitForExecute() is { } failure ? throw new ErrnoException(failure.Errno, failure.Step) : (child.Process, lifeline);
            }
        }
    }
}
