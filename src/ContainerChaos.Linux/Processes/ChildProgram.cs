using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>
/// A straight line of system calls that a parent prepares and a cloned child runs up to its execve(2).
/// Nothing in it allocates, takes a lock or enters the runtime, which a process that lost all threads but one in a
/// clone must not do; and because each step carries a description, a failure comes back as one, with its errno.
/// </summary>
/// <remarks>
/// It replaces a second start of the runtime inside the container: one execve, and no file of ours open in there.
/// Only a NativeAOT process may run one (a JIT has not compiled the interpreter when the child needs it).
/// </remarks>
public sealed unsafe partial class ChildProgram : IDisposable
{
    private readonly List<ChildCall> _calls = new(512);
    private readonly List<(string Step, ChildStage Stage)> _descriptions = new(512);
    private readonly List<nint> _memory = [];
    private readonly List<ChildQuestion> _questions = [];
    private int _slots;
    private int _handOver = int.MaxValue;

    /// <summary>
    /// What the calls by which a child talks to its parent have as sixth argument, which neither takes: a filter of system calls whose
    /// listener nobody has yet can tell them by it, and let them pass.
    /// </summary>
    public const int Signature = 0x7072_6f67;

    /// <summary>The stage that the next steps belong to.</summary>
    public ChildStage Stage { get; set; }

    /// <summary>How many steps there are so far.</summary>
    public int Count => _calls.Count;

    /// <summary>A new slot, holding 0 until a step or <see cref="Start"/> puts something in it.</summary>
    public ChildSlot NewSlot() => new(_slots++);

    /// <summary>Appends a system call whose failure ends the child.</summary>
    /// <param name="step">What it does, as an error message says it: <c>mount proc on /proc</c>.</param>
    /// <param name="number">The call.</param>
    /// <param name="arguments">Up to six arguments.</param>
    /// <returns>The step, for what else is to be said of it.</returns>
    public ChildStep Call(string step, SystemCallNumber number, params ReadOnlySpan<ChildArgument> arguments) =>
        Append(step, (long)number, arguments);

    /// <summary>
    /// Appends the hand-over: the child clones a sibling (CLONE_PARENT), which is in the namespaces joined so far,
    /// reports the sibling's PID to the parent and ends; the rest of the program runs in the sibling.
    /// </summary>
    /// <param name="step">What it is for.</param>
    /// <param name="namespaces">The namespaces that the sibling gets new.</param>
    public void HandOver(string step, CloneFlags namespaces = CloneFlags.None)
    {
        var previous = Stage;
        Stage = ChildStage.Fork;
        _handOver = Append(step, ChildCall.HandOver, [(long)namespaces]).Index;
        Stage = previous;
    }

    /// <summary>
    /// Appends a question: the child stops until the parent has run <paramref name="answer"/>, which may use all of the
    /// runtime. Where it throws, or the parent dies, the child ends.
    /// </summary>
    /// <param name="step">What the parent does, as an error message says it.</param>
    /// <param name="answer">What the parent does, with the child and the values of the slots.</param>
    /// <param name="values">Up to four slots, such as descriptors that the parent reaches by <see cref="StartedChild.OpenDescriptor"/>.</param>
    public void Ask(string step, ChildQuestion answer, params ReadOnlySpan<ChildSlot> values)
    {
        var arguments = new ChildArgument[values.Length];
        for (var i = 0; i < values.Length; i++)
            arguments[i] = values[i];
        Append(step, ChildCall.Ask, arguments).Answering(_questions.Count);
        _questions.Add(answer);
    }

    /// <summary>Appends a write of a slot's value to memory of the program, as 32 bits: a descriptor into a message that carries it.</summary>
    public void Store(nint address, ChildSlot slot) => Append("store", ChildCall.Store, [address, slot]);

    /// <summary>Appends a skip of the next <paramref name="steps"/> steps when a slot holds a value.</summary>
    public ChildStep SkipIf(ChildSlot slot, long value, int steps = 0) => Append("skip", ChildCall.SkipIf, [slot, value]).SkippingOnSuccess(steps);

    /// <summary>Appends a check of eight bytes of memory; this value there fails with EPERM.</summary>
    public ChildStep Forbid(string step, nint address, long value) => Append(step, ChildCall.Forbid, [address, value]);

    /// <summary>Appends a check of eight bytes of memory; another value there fails with EPERM.</summary>
    public ChildStep Require(string step, nint address, long value) => Append(step, ChildCall.Require, [address, value]);

    /// <summary>
    /// Appends the point at which the parent's wait ends (<see cref="StartedChild.WaitForExecute"/>) and the child goes on
    /// without it. A later failure is written to <paramref name="reports"/>, for <see cref="ChildReport"/> to read.
    /// </summary>
    public void Announce(string step, ChildSlot reports) => Append(step, ChildCall.Announce, [reports]);

    /// <summary>
    /// Appends the split into init and command: a clone runs the rest of the program, and this process stays as its
    /// parent, forwards every signal to it, reaps whatever is left to PID 1, and ends with the command's exit code.
    /// </summary>
    /// <remarks>It is the clone that never executed anything: one thread, no file of ours, the memory shared with the monitor.</remarks>
    public void BecomeInit(string step)
    {
        var previous = Stage;
        Stage = ChildStage.Fork;
        Append(step, ChildCall.BecomeInit, [OwnArguments.Start, OwnArguments.Length]);
        Stage = previous;
    }

    /// <summary>Appends a failure with the error number that <paramref name="errno"/> holds.</summary>
    public void FailWith(string step, ChildSlot errno) => Append(step, ChildCall.FailWithSlot, [errno]);

    /// <summary>Appends a check of one byte of memory; another value there fails with ENOENT.</summary>
    public void RequireByte(string step, nint address, byte value) => Append(step, ChildCall.RequireByte, [address, value]);

    /// <summary>A string in memory that lives as long as the program.</summary>
    public nint Text(string text)
    {
        var address = new NativeString(text).Address;
        _memory.Add(address);
        return address;
    }

    /// <summary>A null-ended array of strings, as execve(2) takes it.</summary>
    public nint TextArray(IReadOnlyList<string> texts)
    {
        var array = (nint*)Memory((texts.Count + 1) * sizeof(nint));
        for (var i = 0; i < texts.Count; i++)
            array[i] = Text(texts[i]);
        return (nint)array;
    }

    /// <summary>Zeroed memory that lives as long as the program.</summary>
    public nint Memory(int bytes)
    {
        var address = (nint)NativeMemory.AllocZeroed((nuint)bytes);
        _memory.Add(address);
        return address;
    }

    /// <summary>A structure in memory that lives as long as the program.</summary>
    public nint Structure<T>(T value)
        where T : unmanaged
    {
        var address = Memory(sizeof(T));
        *(T*)address = value;
        return address;
    }

    /// <summary>Numbers in a row, in memory that lives as long as the program.</summary>
    public nint Array<T>(params ReadOnlySpan<T> items)
        where T : unmanaged
    {
        var address = Memory(Math.Max(1, items.Length) * sizeof(T));
        items.CopyTo(new Span<T>((void*)address, items.Length));
        return address;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var address in _memory)
            NativeMemory.Free((void*)address);
        _memory.Clear();
    }

    /// <summary>Whether a step is run by the sibling that took over.</summary>
    internal bool IsAfterHandOver(int step) => step > _handOver;

    internal ChildQuestion Question(int step) => _questions[(int)(-2 - _calls[step].Expected)];

    internal ChildFailure Describe(int step, Errno errno) => new(
        _descriptions[step].Step, errno, _descriptions[step].Stage, _calls[step].Number >= 0 ? (SystemCallNumber)_calls[step].Number : null);

    internal ref ChildCall this[int index] => ref CollectionsMarshal.AsSpan(_calls)[index];

    private ChildStep Append(string step, long number, ReadOnlySpan<ChildArgument> arguments)
    {
        var call = new ChildCall { Number = number, ResultSlot = -1, ErrnoSlot = -1, Expected = -1 };
        for (var i = 0; i < arguments.Length; i++)
        {
            call.Arguments[i] = arguments[i].Value;
            if (arguments[i].IsSlot)
                call.SlotArguments |= 1 << i;
        }
        _calls.Add(call);
        _descriptions.Add((step, Stage));
        return new ChildStep(this, _calls.Count - 1);
    }

    /// <summary>What the child does: no allocation, no lock, no exception, no transition.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void RunInChild(ChildCall* calls, int count, long* slots, int reportTo, int answersFrom, int answersTo)
    {
        // A copy of the parent's own end would keep this child waiting for an answer of a parent that died.
        Libc.RawSystemCall((nint)SystemCallNumber.close, answersTo, 0, 0, 0, 0, 0);
        var a = stackalloc long[6];
        for (var i = 0; i < count; i++)
        {
            var call = calls + i;
            for (var n = 0; n < 6; n++)
                a[n] = (call->SlotArguments & (1 << n)) != 0 ? slots[call->Arguments[n]] : call->Arguments[n];

            long result;
            var errno = 0;
            switch (call->Number)
            {
                case ChildCall.HandOver:
                    const long CLONE_PARENT = 0x8000, SIGCHLD = 17;
                    result = Libc.RawSystemCall((nint)SystemCallNumber.clone, (nint)(CLONE_PARENT | SIGCHLD | a[0]), 0, 0, 0, 0, 0);
                    if (result > 0)
                    {
                        Report(reportTo, HandedOver, (int)result, null);
                        Exit(0);
                    }
                    break;
                case ChildCall.BecomeInit:
                    result = Libc.RawSystemCall((nint)SystemCallNumber.clone, 17, 0, 0, 0, 0, 0);
                    if (result > 0)
                        RunAsInit((int)result, (byte*)a[0], a[1]);
                    break;
                case ChildCall.FailWithSlot:
                    result = -1;
                    errno = (int)a[0];
                    break;
                case ChildCall.RequireByte:
                    result = *(byte*)a[0] == (byte)a[1] ? 0 : -1;
                    errno = (int)Errno.ENOENT;
                    break;
                case ChildCall.Forbid:
                    result = *(long*)a[0] == a[1] ? -1 : 0;
                    errno = (int)Errno.EPERM;
                    break;
                case ChildCall.Require:
                    result = *(long*)a[0] == a[1] ? 0 : -1;
                    errno = (int)Errno.EPERM;
                    break;
                case ChildCall.Ask:
                    Report(reportTo, Asked, i, a);
                    var answer = 0L;
                    result = Libc.RawSystemCall((nint)SystemCallNumber.read, answersFrom, (nint)(&answer), 1, 0, 0, Signature);
                    if (result != 1)
                        Exit(125);
                    break;
                case ChildCall.Store:
                    *(int*)a[0] = (int)a[1];
                    result = 0;
                    break;
                case ChildCall.SkipIf:
                    if (a[0] != a[1])
                        continue;
                    result = 0;
                    break;
                case ChildCall.Announce:
                    Report(reportTo, Announced, i, null);
                    Libc.RawSystemCall((nint)SystemCallNumber.close, reportTo, 0, 0, 0, 0, 0);
                    Libc.RawSystemCall((nint)SystemCallNumber.close, answersFrom, 0, 0, 0, 0, 0);
                    reportTo = (int)a[0];
                    result = 0;
                    break;
                case ChildCall.MoveReports:
                    result = Move(ref reportTo, a[0]);
                    if (result != -1)
                        result = Move(ref answersFrom, a[0] + 1);
                    break;
                case ChildCall.WaitAtGate:
                    result = WaitAtGate((int)a[0], (int)a[1]);
                    break;
                case ChildCall.FindHome:
                    FindHome((byte*)a[0], a[1], a[2], (byte*)a[3], a[4]);
                    result = 0;
                    break;
                default:
                    result = Libc.RawSystemCall((nint)call->Number, (nint)a[0], (nint)a[1], (nint)a[2], (nint)a[3], (nint)a[4], (nint)a[5]);
                    break;
            }

            if (result == -1)
            {
                if (errno == 0)
                    errno = Marshal.GetLastSystemError();
                // EAGAIN: somebody renames what is resolved, openat2(2) says to try again.
                if (errno == (int)Errno.EINTR || (errno == (int)Errno.EAGAIN && call->Number == (long)SystemCallNumber.openat2))
                {
                    i--;
                    continue;
                }
                if (errno >= 64 || (call->Tolerated & (1UL << errno)) == 0)
                {
                    Report(reportTo, i, errno, null);
                    Exit(125);
                }
                if (call->ErrnoSlot >= 0 && slots[call->ErrnoSlot] != (int)Errno.EACCES)
                    slots[call->ErrnoSlot] = errno;
                i += call->SkipOnError;
                continue;
            }
            if (call->Expected >= 0 && result != call->Expected)
            {
                Report(reportTo, i, (int)Errno.EPIPE, null);
                Exit(125);
            }
            if (call->ResultSlot >= 0)
                slots[call->ResultSlot] = result;
            i += call->SkipOnSuccess;
        }
        // The program ended without an execve: its author forgot it.
        Report(reportTo, count - 1, (int)Errno.ENOEXEC, null);
        Exit(125);
    }

    private static void Report(int descriptor, int index, int value, long* values)
    {
        var message = stackalloc long[ReportSize / sizeof(long)];
        ((int*)message)[0] = index;
        ((int*)message)[1] = value;
        for (var i = 0; i < ReportValues; i++)
            message[1 + i] = values == null ? 0 : values[i];
        Libc.RawSystemCall((nint)SystemCallNumber.write, descriptor, (nint)message, ReportSize, 0, 0, Signature);
    }

    private static void Exit(int code)
    {
        while (true)
            Libc.RawSystemCall((nint)SystemCallNumber.exit_group, code, 0, 0, 0, 0, 0);
    }
}
