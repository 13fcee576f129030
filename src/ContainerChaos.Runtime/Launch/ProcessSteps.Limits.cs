using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

internal sealed partial class ProcessSteps
{
    /// <summary>
    /// Resource limits. Without the privilege to raise a hard limit (CAP_SYS_RESOURCE of the initial user namespace), what
    /// lies above this process's own becomes that, with a warning: see docs/decisions/0030.
    /// </summary>
    private void SetLimits()
    {
        var raised = new List<(string Name, int Number, ulong Soft, ulong Hard)>();
        for (var i = 0; i < _process.Rlimits.Count; i++)
        {
            var limit = _process.Rlimits[i];
            var number = Array.IndexOf(ProcessValidation.Rlimits, limit.Type);
            if (number < 0)
                throw new ContainerException(ErrorReason.InvalidArgument, $"process.rlimits[{i}].type: '{limit.Type}' is not a resource limit.", limit.Type);
            var own = ProcessTuning.ReadOwnLimit(number).Hard;
            var name = $"process.rlimits[{i}]: set {limit.Type}";
            if (limit.Hard > own && OwnCapabilities.HasOnHost("CAP_SYS_RESOURCE"))
            {
                raised.Add((name, number, limit.Soft, limit.Hard));
                continue;
            }
            if (limit.Hard > own)
            {
                Warn?.Invoke(
                    $"process.rlimits[{i}]: {limit.Type} is set to {Math.Min(limit.Soft, own)}:{own} instead of {limit.Soft}:{limit.Hard}, "
                    + "since CAP_SYS_RESOURCE is missing to raise this process's own hard limit.");
            }
            Set(name, number, Math.Min(limit.Soft, own), Math.Min(limit.Hard, own));
        }
        if (raised.Count > 0 && InUserNamespace)
            AskFor("raise the resource limits", pid => raised.ForEach(l => Tune(l.Name, () => ProcessTuning.SetLimit(pid, l.Number, l.Soft, l.Hard))));
        else
            raised.ForEach(l => Set(l.Name, l.Number, l.Soft, l.Hard));

        void Set(string step, int number, ulong soft, ulong hard) => _program.Call(step, SystemCallNumber.prlimit64, 0, number, _program.Array(soft, hard), 0);
    }

    /// <summary>Lets the parent do to the process what needs the privileges of the user namespace that it left.</summary>
    private void AskFor(string step, Action<int> action) => _program.Ask(step, (child, _) => action(child.Pid));

    private static void Tune(string step, Action action)
    {
        try
        {
            action();
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(ErrorReason.StartFailed, $"{step}: {ErrnoException.Describe(e.Errno)}.", null, e)
            {
                Remedy = LaunchErrors.RemedyFor(step, e.Errno),
            };
        }
    }
}
