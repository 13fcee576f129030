using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// The calls that were received and are not answered yet, in memory that outlives the process that received them: nobody receives a call twice, so that
/// its caller would wait for ever with it.
/// </summary>
/// <remarks>
/// The kernel writes a call right into this memory while it marks it as received; there is no moment in between at which a process that is killed has
/// a call that is not in here.
/// </remarks>
internal sealed unsafe class CallJournal : IDisposable
{
    private const int Size = 1 << 16, FirstSlot = 128;

    private readonly SharedMemory _memory;
    private readonly ulong* _slots;
    private readonly Stack<int> _free = [];

    /// <param name="file">What <see cref="Make"/> made, which the caller keeps for the next one.</param>
    internal CallJournal(FileDescriptor file)
    {
        _memory = new SharedMemory(file, Size);
        _slots = (ulong*)((byte*)_memory.Address + FirstSlot);
        for (var slot = ((Size - FirstSlot) / sizeof(ulong)) - 1; slot >= 0; slot--)
        {
            if (_slots[slot] == 0)
                _free.Push(slot);
        }
    }

    /// <summary>Where the next call is received.</summary>
    internal InterceptedCall* Current => (InterceptedCall*)_memory.Address;

    /// <summary>An empty one, in no file system.</summary>
    internal static FileDescriptor Make() => FileDescriptor.Memory("fault-points", new byte[Size]);

    /// <summary>Answers what another process left unanswered; nothing is kept then.</summary>
    internal void Settle(Action<ulong> answer)
    {
        if (Current->Id != 0)
            answer(Current->Id);
        Clear();
        for (var slot = 0; slot < (Size - FirstSlot) / sizeof(ulong); slot++)
        {
            if (_slots[slot] == 0)
                continue;
            answer(_slots[slot]);
            Free(slot);
        }
    }

    /// <summary>Forgets the current call.</summary>
    internal void Clear() => NativeMemory.Clear(Current, (nuint)Unsafe.SizeOf<InterceptedCall>());

    /// <summary>Keeps a call that is answered later.</summary>
    /// <returns>Its place; -1 when there is none, as with more than 8000 threads that all wait.</returns>
    internal int Keep(ulong id)
    {
        if (!_free.TryPop(out var slot))
            return -1;
        Volatile.Write(ref _slots[slot], id);
        return slot;
    }

    /// <summary>It has been answered.</summary>
    internal void Free(int slot)
    {
        Volatile.Write(ref _slots[slot], 0);
        _free.Push(slot);
    }

    public void Dispose() => _memory.Dispose();
}
