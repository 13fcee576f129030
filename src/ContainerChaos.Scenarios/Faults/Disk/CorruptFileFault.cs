using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Flips every bit of some bytes of a file in the target's writable layer, as a bad disk does: nothing notices before it reads them.</summary>
/// <param name="Path">The file as the target sees it.</param>
/// <param name="Bytes">How many bytes in a row, 1 to 65,536; fewer in a shorter file.</param>
/// <param name="Seed">The seed of the place; null for another each time.</param>
/// <remarks>The undo puts back those bytes that nobody has written meanwhile, and leaves a file alone that has replaced it.</remarks>
public sealed record CorruptFileFault(string Path, int Bytes = 64, int? Seed = null) : FaultSpec
{
    // Chosen once: a plan is made again when it is written.
    private readonly int _seed = Seed ?? Random.Shared.Next();

    /// <inheritdoc/>
    public override string Name => "corrupt-file";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        UpperFile file = UpperFile.Find(target, Path, Name);
        byte[] original = new byte[Math.Min(Bytes, file.Status.Size)];
        long offset = new Random(_seed).NextInt64(file.Status.Size - original.Length + 1);
        using (UnixDirectory root = UnixDirectory.Open(file.Upper))
        using (Microsoft.Win32.SafeHandles.SafeFileHandle? content = root.TryOpenRegularFileInRoot(file.Path.TrimStart('/')))
            original = original[..(content is null ? 0 : RandomAccess.Read(content, original, offset))];
        byte[] corrupt = Array.ConvertAll(original, value => (byte)~value);
        var step = new FaultStep
        {
            Operation = FaultOperation.Overwrite,
            Path = file.Upper,
            Value = file.Path,
            Inode = file.Status.Inode,
            Offset = offset,
            Expected = Convert.ToBase64String(original),
            Data = Convert.ToBase64String(corrupt),
        };
        return new FaultPlan
        {
            Effect = string.Create(CultureInfo.InvariantCulture, $"all bits of {original.Length} byte(s) of {file.Path} are flipped, from byte {offset} on (inode {file.Status.Inode} of the upper layer)"),
            Apply = [step],
            Undo = [step with { Expected = step.Data, Data = step.Expected }],
            Holds = [$"inode {file.Status.Inode} in {file.Upper}"],
        };
    }
}
