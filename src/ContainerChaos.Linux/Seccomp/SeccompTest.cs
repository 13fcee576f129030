namespace ContainerChaos.Linux;

/// <summary>
/// Writes the comparison of an argument. The machine has registers of 32 bits and compares by equal, greater and
/// greater-or-equal, so an argument of 64 bits is looked at half by half, the upper one first.
/// </summary>
internal static class SeccompTest
{
    private const uint ArgumentsOffset = 16;

    /// <summary>Writes one.</summary>
    /// <param name="assembler">Where to.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="narrow">Whether only the lower half counts.</param>
    /// <param name="then">Where it goes on if the condition holds.</param>
    /// <param name="otherwise">Where it goes on if not.</param>
    /// <returns>The place of the comparison.</returns>
    internal static int Emit(BpfAssembler assembler, SeccompCondition condition, bool narrow, int then, int otherwise)
    {
        // The negated comparisons are the others with their ways swapped.
        var (comparison, yes, no) = condition.Comparison switch
        {
            SeccompComparison.NotEqual => (SeccompComparison.Equal, otherwise, then),
            SeccompComparison.Less => (SeccompComparison.GreaterOrEqual, otherwise, then),
            SeccompComparison.LessOrEqual => (SeccompComparison.Greater, otherwise, then),
            var other => (other, then, otherwise),
        };
        var mask = comparison == SeccompComparison.MaskedEqual ? condition.Mask : ulong.MaxValue;
        var value = condition.Value & mask;
        var jump = comparison switch
        {
            SeccompComparison.Greater => BpfAssembler.Jump.Greater,
            SeccompComparison.GreaterOrEqual => BpfAssembler.Jump.GreaterOrEqual,
            _ => BpfAssembler.Jump.Equal,
        };

        // struct seccomp_data is little-endian here: the lower half comes first.
        var offset = ArgumentsOffset + (8 * (uint)condition.Argument);
        var (lower, upper) = ((uint)value, (uint)(value >> 32));
        var place = assembler.Load(offset, assembler.And((uint)mask, assembler.If(jump, lower, yes, no)));
        if (narrow || mask >> 32 == 0)
            return place;
        place = assembler.If(BpfAssembler.Jump.Equal, upper, place, no);
        if (jump != BpfAssembler.Jump.Equal)
            place = assembler.If(BpfAssembler.Jump.Greater, upper, yes, place);
        return assembler.Load(offset + 4, assembler.And((uint)(mask >> 32), place));
    }
}
