using System.Globalization;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Has work done as the root of a user namespace, by <see cref="NamespaceRootProgram"/>: this process has threads, and can't enter one.</summary>
public static class NamespaceRoot
{
    /// <summary>Gives files to users of a namespace.</summary>
    /// <param name="executable">The path of <c>ccrun</c>.</param>
    /// <param name="maps">The ids.</param>
    /// <param name="tree">The tree that the files are in.</param>
    /// <param name="list">The file that <see cref="OwnerChange.Write"/> made.</param>
    /// <exception cref="ContainerException">PermissionDenied: the ids are not the user's, or the files are none of the namespace's.</exception>
    public static void GiveOwners(string executable, IdMaps maps, string tree, string list) =>
        Run(executable, maps, $"give the files of {tree} their owners", NamespaceRootProgram.Own, tree, list);

    /// <summary>Deletes a tree that has files of the namespace's other users.</summary>
    /// <param name="executable">The path of <c>ccrun</c>.</param>
    /// <param name="maps">The ids.</param>
    /// <param name="tree">The tree.</param>
    /// <exception cref="ContainerException">PermissionDenied: the ids are not the user's, or the files are none of the namespace's.</exception>
    public static void Remove(string executable, IdMaps maps, string tree) => Run(executable, maps, $"remove {tree}", NamespaceRootProgram.Remove, tree);

    /// <summary>Copies as <see cref="FileCopy"/> does, with the rights of the namespace's root and for its users.</summary>
    /// <param name="executable">The path of <c>ccrun</c>.</param>
    /// <param name="maps">The ids.</param>
    /// <param name="sourceRoot">The root of the source.</param>
    /// <param name="source">The source's path.</param>
    /// <param name="targetRoot">The root of the destination.</param>
    /// <param name="target">The destination's path.</param>
    /// <param name="options">Links and owners; who gets what is copied is the namespace's root.</param>
    /// <exception cref="ContainerException">As of <see cref="FileCopy.Copy"/>.</exception>
    public static FileCopyResult Copy(string executable, IdMaps maps, UnixDirectory sourceRoot, string source, UnixDirectory targetRoot, string target, FileCopyOptions options)
    {
        var (ours, theirs) = ConsoleSocket.Pair();
        using (var from = sourceRoot.Duplicate())
        using (var to = targetRoot.Duplicate())
            ours.TrySend(from, to);
        var flags = (options.FollowLink ? "L" : "") + (options.Archive ? "a" : "") + (options.KeepsSetId ? "s" : "") + (options.IntoDirectory ? "d" : "");
        var words = Run(executable, maps, ours, theirs, $"copy '{source}'", NamespaceRootProgram.Copy, source, target, flags).Split('\0');
        return new FileCopyResult(long.Parse(words[1], CultureInfo.InvariantCulture), long.Parse(words[2], CultureInfo.InvariantCulture), words[3..]);
    }

    private static void Run(string executable, IdMaps maps, string operation, params string[] arguments)
    {
        var (reader, writer) = FileDescriptor.Pipe();
        Run(executable, maps, reader, writer, operation, arguments);
    }

    private static string Run(string executable, IdMaps maps, FileDescriptor reader, FileDescriptor writer, string operation, params string[] arguments)
    {
        using (reader)
        {
            int pid;
            using (writer)
                pid = DetachedProcess.Start(executable, ["ccrun", NamespaceRootProgram.EnterVerb, maps.ToString(), .. arguments], [], writer);
            var answer = ReadToEnd(reader);
            DetachedProcess.Reap(pid);
            if (answer == NamespaceRootProgram.Done || answer.StartsWith(NamespaceRootProgram.Done + '\0', StringComparison.Ordinal))
                return answer;
            var (reason, message, remedy) = answer.Split('\0') is [var number, var text, var help] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? ((ErrorReason)value, text, help)
                : (ErrorReason.StartFailed, "ccrun ended before it could say how it went.", "");
            // What a copy has to say it says itself.
            throw new ContainerException(reason, arguments[0] == NamespaceRootProgram.Copy && remedy.Length > 0 ? message : $"Cannot {operation} in a user namespace: {message}", arguments[1])
            {
                Remedy = remedy.Length > 0 ? remedy : "Give the user the ranges back that /etc/subuid and /etc/subgid had when these files were made, or do it as root.",
            };
        }
    }

    private static string ReadToEnd(FileDescriptor pipe)
    {
        using var text = new MemoryStream();
        Span<byte> buffer = stackalloc byte[4096];
        while (pipe.Read(buffer) is > 0 and var count)
            text.Write(buffer[..count]);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
