using System.Globalization;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Runs newuidmap(1) or newgidmap(1), which map the ids that subuid(5) and subgid(5) give to a user.</summary>
internal static class IdMappingProgram
{
    private static readonly string[] UsualPlaces = ["/usr/bin", "/bin", "/usr/local/bin", "/run/wrappers/bin"];

    /// <summary>Maps ids.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="field">The maps' field in the specification.</param>
    /// <param name="pid">A process in the new user namespace.</param>
    /// <param name="mappings">What maps to what.</param>
    /// <exception cref="ContainerException">
    /// <see cref="ErrorReason.NotSupported"/>: there is no such program; <see cref="ErrorReason.PermissionDenied"/>: it refused.
    /// </exception>
    internal static void Run(string program, string field, int pid, IReadOnlyList<IdMappingSpec> mappings)
    {
        var list = program == "newuidmap" ? "/etc/subuid" : "/etc/subgid";
        var path = Find(program) ?? throw new ContainerException(
            ErrorReason.NotSupported, $"{field}: only root may map these ids, and {program}(1), which maps them for other users, is not installed.", program)
        {
            Errno = Errno.EPERM,
            Remedy = $"Install it (package uidmap or shadow-utils) and give the user a range in {list}, or map nothing but the user's own id {OwnIdentity.User}:{OwnIdentity.Group}.",
        };
        string[] arguments = [path, Text(pid), .. mappings.SelectMany(m => new[] { Text(m.ContainerID), Text(m.HostID), Text(m.Size) })];
        using var said = FileDescriptor.Memory(program, []);
        if (Execute(arguments, said) is not { } failure)
            return;
        var text = new byte[1024];
        text = text[..said.ReadFromStart(text)];
        throw new ContainerException(
            ErrorReason.PermissionDenied, $"{field}: {(text.Length > 0 ? Encoding.UTF8.GetString(text).TrimEnd('\n', '.') : $"{program}: {failure}")}.", program)
        {
            Errno = Errno.EPERM,
            Remedy = $"Map ids of the ranges that {list} gives to {UserNames.Of(OwnIdentity.User)} (usermod --add-subuids, --add-subgids), or the user's own id alone.",
        };
    }

    private static string? Execute(string[] arguments, FileDescriptor errors)
    {
        using var steps = new ChildProgram();
        ChildSlot input = steps.NewSlot(), error = steps.NewSlot();
        var process = new ProcessSteps(steps, new ProcessSpec { Args = arguments, Env = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], Cwd = "/" });
        process.SetStandardStreams(input, error, error);
        process.ResetSignals();
        process.Execute();
        using var nothing = FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY);
        using var child = steps.Start(CloneFlags.None, null, (input, nothing.Number), (error, errors.Number));
        var failure = child.WaitForExecute();
        using var started = child.Process;
        if (failure is not null)
            return ErrnoException.Describe(failure.Errno);
        return started.WaitForExit() is not 0 and var code ? $"it ended with {code}" : null;
    }

    /// <summary>Where the program is, for a process without a PATH too; null where it is not.</summary>
    internal static string? TryFind(string program) => UsualPlaces.Select(directory => $"{directory}/{program}").FirstOrDefault(File.Exists);

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Where(directory => directory.StartsWith('/')).Select(directory => $"{directory}/{program}").FirstOrDefault(File.Exists) ?? TryFind(program);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
