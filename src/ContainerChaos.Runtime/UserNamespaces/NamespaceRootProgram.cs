using System.Globalization;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// <c>ccrun namespace-root</c>: what an ordinary user can't do to the files of their containers' other ids, done as the root of a
/// user namespace with those ids. Its caller passes a pipe as descriptor 3 and reads from it how it went.
/// </summary>
public static class NamespaceRootProgram
{
    /// <summary>The verb for what the caller starts: it enters the namespace.</summary>
    public const string EnterVerb = "namespace-root-enter";

    /// <summary>The verb of the program in there.</summary>
    public const string Verb = "namespace-root";

    internal const string Own = "own", Remove = "remove", Copy = "copy", Done = "done";

    /// <summary>Executes the program in a new user namespace and waits for its end.</summary>
    /// <param name="arguments">The maps as <see cref="IdMaps"/> writes them, then the program's arguments.</param>
    /// <returns>0, or 125 when it failed and has said why.</returns>
    public static int Enter(IReadOnlyList<string> arguments) => Tell(() =>
    {
        var maps = IdMaps.Parse(arguments[0]);
        using var program = new ChildProgram();
        program.Ask("map the ids", (child, _) => IdMapping.Write(child.Pid, maps.Users, maps.Groups));
        program.Call("leave the supplementary groups", SystemCallNumber.setgroups, 0, 0).Tolerating(Errno.EPERM);
        program.Call("become the namespace's group 0", SystemCallNumber.setresgid, 0, 0, 0);
        program.Call("become the namespace's user 0", SystemCallNumber.setresuid, 0, 0, 0);
        program.Call(
            "execute ccrun", SystemCallNumber.execve,
            program.Text("/proc/self/exe"), program.TextArray(["ccrun", Verb, .. arguments.Skip(1)]), program.TextArray([]));
        using var child = program.Start(CloneFlags.CLONE_NEWUSER, cgroup: null);
        var failure = child.WaitForExecute();
        using var process = child.Process;
        if (failure is not null)
            throw new ContainerException(ErrorReason.StartFailed, $"A user namespace can't be entered: {failure.Step}: {ErrnoException.Describe(failure.Errno)}.");
        return process.WaitForExit();
    });

    /// <summary>Does it, in the namespace.</summary>
    /// <param name="arguments">
    /// <c>own</c>, a tree and a list of changes; <c>remove</c> and a tree; or <c>copy</c>, two paths and options, with the two roots waiting in
    /// descriptor 3, a socket then.
    /// </param>
    public static int Run(IReadOnlyList<string> arguments) => Tell(() =>
    {
        switch (arguments)
        {
            case [Own, var tree, var list]:
                using (var root = UnixDirectory.Open(tree))
                {
                    foreach (var change in OwnerChange.Read(list))
                        change.Apply(root);
                }
                break;
            case [Remove, var tree]:
                Directory.Delete(tree, recursive: true);
                break;
            case [Copy, var source, var destination, var options]:
                Write(CopyBetween(source, destination, options));
                return 0;
            default:
                throw new ContainerException(ErrorReason.InvalidArgument, "Nothing is to be done.");
        }
        Write(Done);
        return 0;
    });

    private static string CopyBetween(string source, string destination, string options)
    {
        using var caller = FileDescriptor.Duplicate(DetachedProcess.PassedDescriptor);
        if (ConsoleSocket.ReceiveDescriptors(caller) is not [var from, var to])
            throw new ContainerException(ErrorReason.InvalidArgument, "Two roots are needed.");
        using (from)
        using (to)
        using (var sourceRoot = UnixDirectory.Open(from, "/"))
        using (var targetRoot = UnixDirectory.Open(to, "/"))
        {
            var copied = FileCopy.Copy(sourceRoot, source, targetRoot, destination, new FileCopyOptions
            {
                FollowLink = options.Contains('L'),
                Archive = options.Contains('a'),
                KeepsSetId = options.Contains('s'),
                IntoDirectory = options.Contains('d'),
            });
            return string.Join('\0', [Done, copied.Files.ToString(CultureInfo.InvariantCulture), copied.Bytes.ToString(CultureInfo.InvariantCulture), .. copied.Warnings]);
        }
    }

    private static int Tell(Func<int> action)
    {
        try
        {
            return action();
        }
        catch (ContainerException e)
        {
            Write(string.Create(CultureInfo.InvariantCulture, $"{(int)e.Reason}\0{e.Message}\0{e.Remedy}"));
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException or FormatException)
        {
            Write(string.Create(CultureInfo.InvariantCulture, $"{(int)ErrorReason.PermissionDenied}\0{e.Message}\0"));
        }
        return 125;
    }

    private static void Write(string text)
    {
        using var caller = new FileDescriptor(DetachedProcess.PassedDescriptor);
        try
        {
            caller.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (ErrnoException)
        {
            // The caller is gone; what was to be done is done.
        }
    }
}
