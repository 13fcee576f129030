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
    private readonly List<ChildCall> _calls = [];
    private readonly List<(string Step, ChildStage Stage)> _descriptions = [];
    private readonly List<nint> _memory = [];
    private int _slots;

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
    public void HandOver(string step)
    {
        var previous = Stage;
        Stage = ChildStage.Fork;
        Append(step, ChildCall.HandOver, []);
        Stage = previous;
    }

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
    private static void RunInChild(ChildCall* calls, int count, long* slots, int reportTo)
    {
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
                    result = Libc.RawSystemCall((nint)SystemCallNumber.clone, (nint)(CLONE_PARENT | SIGCHLD), 0, 0, 0, 0, 0);
                    if (result > 0)
                    {
                        Report(reportTo, HandedOver, (int)result);
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
                default:
                    result = Libc.RawSystemCall((nint)call->Number, (nint)a[0], (nint)a[1], (nint)a[2], (nint)a[3], (nint)a[4], (nint)a[5]);
                    break;
            }

            if (result == -1)
            {
                if (errno == 0)
                    errno = Marshal.GetLastSystemError();
                if (errno == (int)Errno.EINTR)
                {
                    i--;
                    continue;
                }
                if (errno >= 64 || (call->Tolerated & (1UL << errno)) == 0)
                {
                    Report(reportTo, i, errno);
                    Exit(125);
                }
                if (call->ErrnoSlot >= 0 && slots[call->ErrnoSlot] != (int)Errno.EACCES)
                    slots[call->ErrnoSlot] = errno;
                i += call->SkipOnError;
                continue;
            }
            if (call->Expected >= 0 && result != call->Expected)
            {
                Report(reportTo, i, (int)Errno.EPIPE);
                Exit(125);
            }
            if (call->ResultSlot >= 0)
                slots[call->ResultSlot] = result;
            i += call->SkipOnSuccess;
        }
        // The program ended without an execve: its author forgot it.
        Report(reportTo, count - 1, (int)Errno.ENOEXEC);
        Exit(125);
    }

    private static void Report(int descriptor, int index, int value)
    {
        var message = stackalloc int[2];
        message[0] = index;
        message[1] = value;
        Libc.RawSystemCall((nint)SystemCallNumber.write, descriptor, (nint)message, 8, 0, 0, 0);
    }

    private static void Exit(int code)
    {
        while (true)
            Libc.RawSystemCall((nint)SystemCallNumber.exit_group, code, 0, 0, 0, 0, 0);
    }
}
