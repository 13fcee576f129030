using System.Globalization;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Takes a file of the target's writable layer away: whoever looks for it finds none (ENOENT), whoever has it open goes on with it.</summary>
/// <param name="Path">The file as the target sees it.</param>
/// <remarks>It has another, hidden name in its directory meanwhile, so that the undo puts the very same file back; unless the target has made another one: that stays then.</remarks>
public sealed record DeleteFileFault(string Path) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "delete-file";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        UpperFile file = UpperFile.Find(target, Path, Name);
        var step = new FaultStep
        {
            Operation = FaultOperation.HideFile,
            Path = file.Upper,
            Value = file.Path,
            Inode = file.Status.Inode,
            Pid = target.Pid,
            PidStartTime = target.PidStartTime,
            Container = target.Container?.RootPath,
        };
        return new FaultPlan
        {
            Effect = string.Create(CultureInfo.InvariantCulture, $"{file.Path} is gone: ENOENT (inode {file.Status.Inode} of the upper layer, which stays)"),
            Apply = [step],
            Undo = [step with { Operation = FaultOperation.ShowFile }],
            Holds = [$"inode {file.Status.Inode} in {file.Upper}"],
        };
    }
}
