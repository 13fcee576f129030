namespace ContainerChaos.Linux.Tests;

/// <summary>A call as a filter sees it (struct seccomp_data).</summary>
internal readonly record struct SeccompData(uint Number, uint Architecture, ulong[] Arguments)
{
    /// <summary>The 32 bits at an offset.</summary>
    public uint Read(uint offset) => offset switch
    {
        0 => Number,
        4 => Architecture,
        >= 16 and < 64 when offset % 4 == 0 => (uint)(Arguments[(offset - 16) / 8] >> (offset % 8 == 4 ? 32 : 0)),
        _ => throw new InvalidOperationException($"A load from offset {offset}."),
    };

    public override string ToString() => $"{Architecture:x8} {Number:x} ({string.Join(", ", Arguments.Select(a => $"0x{a:x}"))})";
}

/// <summary>Runs classic BPF as the kernel's verifier lets it (Documentation/networking/filter.rst); anything else in a program fails the test.</summary>
internal static class BpfInterpreter
{
    public static uint Run(ReadOnlySpan<ulong> program, SeccompData data)
    {
        var accumulator = 0u;
        for (var at = 0; at < program.Length; at++)
        {
            var (code, jumpTrue, jumpFalse, value) = ((ushort)program[at], (int)(byte)(program[at] >> 16), (int)(byte)(program[at] >> 24), (uint)(program[at] >> 32));
            switch (code)
            {
                case 0x20:
                    accumulator = data.Read(value);
                    break;
                case 0x54:
                    accumulator &= value;
                    break;
                case 0x05:
                    at += (int)value;
                    break;
                case 0x15:
                    at += accumulator == value ? jumpTrue : jumpFalse;
                    break;
                case 0x25:
                    at += accumulator > value ? jumpTrue : jumpFalse;
                    break;
                case 0x35:
                    at += accumulator >= value ? jumpTrue : jumpFalse;
                    break;
                case 0x06:
                    return value;
                default:
                    throw new InvalidOperationException($"Instruction {at} has the code {code:x}.");
            }
        }
        throw new InvalidOperationException("The program ran off its end.");
    }
}
