using System.Globalization;
using System.Security.Cryptography;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Takes a file of the target's writable layer away: it gets a hidden name in its directory, and its own is free. Who has it open goes on with it.</summary>
/// <param name="Path">The file as the target sees it.</param>
/// <remarks>The undo gives it its name again; what the target has made under that name meanwhile is replaced.</remarks>
public sealed record DeleteFileFault(string Path) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "delete-file";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        UpperFile file = UpperFile.Find(target, Path, Name);
        string hidden = $".containerchaos-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        string directory = file.Parent.Length == 0 ? "" : file.Parent + "/";
        var step = new FaultStep
        {
            Operation = FaultOperation.Rename,
            Path = file.Upper,
            Value = directory + file.Name,
            Data = hidden,
            Pid = target.Pid,
            PidStartTime = target.PidStartTime,
            Container = target.Container?.RootPath,
        };
        return new FaultPlan
        {
            Effect = string.Create(CultureInfo.InvariantCulture, $"{file.Path} ({file.Status.Size} bytes) is renamed to {hidden} in its directory: opening it fails with ENOENT, open descriptors go on"),
            Apply = [step],
            Undo = [step with { Value = directory + hidden, Data = file.Name }],
            Holds = [$"inode {file.Status.Inode} in {file.Upper}"],
        };
    }
}
