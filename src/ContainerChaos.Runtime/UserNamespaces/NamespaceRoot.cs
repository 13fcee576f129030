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

    private static void Run(string executable, IdMaps maps, string operation, params string[] arguments)
    {
        var (reader, writer) = FileDescriptor.Pipe();
        using (reader)
        {
            int pid;
            using (writer)
                pid = DetachedProcess.Start(executable, ["ccrun", NamespaceRootProgram.EnterVerb, maps.ToString(), .. arguments], [], writer);
            var answer = ReadToEnd(reader);
            DetachedProcess.Reap(pid);
            if (answer == NamespaceRootProgram.Done)
                return;
            var (reason, message, remedy) = answer.Split('\0') is [var number, var text, var help] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? ((ErrorReason)value, text, help)
                : (ErrorReason.StartFailed, "ccrun ended before it could say how it went.", "");
            throw new ContainerException(reason, $"Cannot {operation} in a user namespace: {message}", arguments[1])
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
