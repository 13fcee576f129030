using System.Globalization;
using System.Text.RegularExpressions;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>Checks what can be checked of a container before anything of it is written.</summary>
internal static partial class ContainerCreateOptionsCheck
{
    /// <summary>Docker's minimum; below it the kernel can't even start an ordinary process.</summary>
    private const long MinimumMemoryBytes = 6 * 1024 * 1024;

    /// <summary>The smallest quota of the CPU controller is 1 ms of a 100 ms period.</summary>
    private const double MinimumCpus = 0.01;

    /// <exception cref="ContainerException">InvalidName, InvalidArgument, LimitTooLow.</exception>
    public static void Check(ContainerCreateOptions options)
    {
        var subject = options.Name ?? options.Image;
        if (options.Name is { } name)
            ContainerName.Check(name);
        if (string.IsNullOrWhiteSpace(options.Image))
            EngineErrors.Throw(ErrorReason.InvalidArgument, "The image is empty.", subject, "Name an image; 'target' is built in.");
        CheckLimits(options, subject);
        foreach (var (key, value) in options.Env)
        {
            if (key.Contains('='))
                EngineErrors.Throw(ErrorReason.InvalidArgument, $"The variable name '{key}' holds a '='.", subject, "Give name and value apart.");
            EnvironmentVariables.Check($"{key}={value}", subject);
        }

        foreach (var label in options.Labels.Keys)
        {
            if (string.IsNullOrWhiteSpace(label))
                EngineErrors.Throw(ErrorReason.InvalidArgument, "A label has an empty name.", subject, "Give each label a name.");
        }

        if (options.WorkingDirectory is { } directory && !directory.StartsWith('/'))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"The working directory '{directory}' is not an absolute path.", subject, "Begin it with a slash.");
        // hostname(7): labels of letters, digits and hyphens, 64 characters at most on Linux.
        if (options.Hostname is { } hostname && !Hostname().IsMatch(hostname))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"'{hostname}' is not a host name.", subject, "Use letters, digits, '-' and '.', at most 64 of them.");
        if (options is { AutoRemove: true, RestartPolicy.Kind: not RestartPolicyKind.No })
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"A container that is removed at its end can't have the restart policy {options.RestartPolicy}.", subject, "Leave out one of -AutoRemove and -RestartPolicy.");
        if (options.StopSignal is { } signal)
            SignalArgument.Parse(signal, subject);
        if (options.StopTimeout is { } timeout && timeout < TimeSpan.Zero)
            EngineErrors.Throw(ErrorReason.InvalidArgument, "The stop timeout is negative.", subject, "Give 0 or more seconds.");
        if (options.Log.MaxSizeBytes < 0 || options.Log.MaxFiles < 1)
            EngineErrors.Throw(ErrorReason.InvalidArgument, "The log's limits are out of range.", subject, "Give a size of 0 or more and at least one file.");
    }

    private static void CheckLimits(ContainerCreateOptions options, string subject)
    {
        switch (options.MemoryBytes)
        {
            case < 0:
                EngineErrors.Throw(ErrorReason.InvalidArgument, $"The memory limit {options.MemoryBytes} is negative.", subject, "Give a size such as 64m, or none at all.");
                break;
            case > 0 and < MinimumMemoryBytes and var bytes:
                EngineErrors.Throw(
                    ErrorReason.LimitTooLow, $"The memory limit {ByteSize.Format(bytes)} is below the minimum of {ByteSize.Format(MinimumMemoryBytes)}.", subject,
                    $"Give at least {ByteSize.Format(MinimumMemoryBytes)}, or no limit.");
                break;
        }

        if (options.Cpus is { } cpus and not 0)
        {
            var available = CountProcessors();
            if (!double.IsFinite(cpus) || cpus < 0 || cpus > available)
            {
                EngineErrors.Throw(
                    ErrorReason.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"The CPU limit {cpus} is not between {MinimumCpus} and the {available} CPUs of this host."), subject,
                    string.Create(CultureInfo.InvariantCulture, $"Give a number from {MinimumCpus} to {available}."));
            }

            if (cpus < MinimumCpus)
            {
                EngineErrors.Throw(
                    ErrorReason.LimitTooLow, string.Create(CultureInfo.InvariantCulture, $"The CPU limit {cpus} is below the kernel's minimum of {MinimumCpus}."), subject,
                    string.Create(CultureInfo.InvariantCulture, $"Give at least {MinimumCpus}, or no limit."));
            }
        }

        if (options.PidsLimit < -1)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"The pids limit {options.PidsLimit} is negative.", subject, "Give 1 or more, or 0 for no limit.");
        if (options is { PidsLimit: 1, Init: true })
            EngineErrors.Throw(ErrorReason.LimitTooLow, "The pids limit 1 has no room for the init and its command.", subject, "Give at least 2, or leave out -Init.");
    }

    // Not Environment.ProcessorCount: that is what this process may use, which a limit of its own makes less.
    private static int CountProcessors()
    {
        const string online = "/sys/devices/system/cpu/online";
        if (!File.Exists(online))
            return Environment.ProcessorCount;
        // "0-3,5" (Documentation/admin-guide/cputopology.rst).
        return File.ReadAllText(online).Trim().Split(',').Sum(range =>
            range.Split('-') is [var first, var last]
                ? int.Parse(last, CultureInfo.InvariantCulture) - int.Parse(first, CultureInfo.InvariantCulture) + 1
                : 1);
    }

    [GeneratedRegex(@"\A(?=.{1,64}\z)[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*\z")]
    private static partial Regex Hostname();
}
