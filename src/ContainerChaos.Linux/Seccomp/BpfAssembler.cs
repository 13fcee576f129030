using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>
/// Writes a classic BPF program from its end to its beginning, so that every jump knows its target. A place is named by
/// its distance from the end, which does not change while the program grows in front of it.
/// </summary>
internal sealed class BpfAssembler
{
    private const ushort BPF_LD_W_ABS = 0x20, BPF_RET_K = 0x06, BPF_JMP_JA = 0x05, BPF_ALU_AND_K = 0x54;

    /// <summary>The furthest that a conditional jump reaches is 255; one less, for the long jump that may come between.</summary>
    private const int Reach = 254;

    private readonly List<ulong> _reversed = new(512);
    private readonly Dictionary<uint, int> _returns = [];

    internal enum Jump : ushort
    {
        Equal = 0x15,
        Greater = 0x25,
        GreaterOrEqual = 0x35,
    }

    internal int Count => _reversed.Count;

    /// <summary>A place that returns a value; one that is near enough is used again.</summary>
    internal int Return(uint value)
    {
        if (_returns.TryGetValue(value, out var place) && Distance(place) <= Reach / 2)
            return place;
        return _returns[value] = Append(BPF_RET_K, 0, 0, value);
    }

    /// <summary>Loads 32 bits of struct seccomp_data and goes on.</summary>
    internal int Load(uint offset, int next) => Append(BPF_LD_W_ABS, 0, 0, offset, next);

    /// <summary>Masks what was loaded and goes on.</summary>
    internal int And(uint mask, int next) => mask == uint.MaxValue ? next : Append(BPF_ALU_AND_K, 0, 0, mask, next);

    /// <summary>Compares what was loaded.</summary>
    internal int If(Jump comparison, uint value, int then, int otherwise)
    {
        then = Near(then);
        otherwise = Near(otherwise);
        return Append((ushort)comparison, (byte)Distance(then), (byte)Distance(otherwise), value);
    }

    /// <summary>The program, each element a struct sock_filter.</summary>
    internal ulong[] ToProgram()
    {
        var program = _reversed.ToArray();
        Array.Reverse(program);
        return program;
    }

    private int Append(ushort code, byte jumpTrue, byte jumpFalse, uint value, int next)
    {
        // Only a jump chooses where it goes on; everything else runs into what follows it.
        if (next != Count - 1)
            JumpTo(next);
        return Append(code, jumpTrue, jumpFalse, value);
    }

    private int Append(ushort code, byte jumpTrue, byte jumpFalse, uint value)
    {
        _reversed.Add(code | ((ulong)jumpTrue << 16) | ((ulong)jumpFalse << 24) | ((ulong)value << 32));
        return Count - 1;
    }

    private int Near(int place) => Distance(place) <= Reach ? place : JumpTo(place);

    private int JumpTo(int place)
    {
        // A return is as short as a jump to it.
        var target = CollectionsMarshal.AsSpan(_reversed)[place];
        if ((ushort)target != BPF_RET_K)
            return Append(BPF_JMP_JA, 0, 0, (uint)Distance(place));
        _reversed.Add(target);
        return _returns[(uint)(target >> 32)] = Count - 1;
    }

    /// <summary>How many instructions the next one would jump over.</summary>
    private int Distance(int place) => Count - 1 - place;
}
