namespace ContainerChaos.Engine.Tests;

/// <summary>A test whose containers have a shell: busybox's, in an image of the test's own.</summary>
public abstract class ShellTest : ContainerTest
{
    private static readonly string[] s_applets =
        ["sh", "ash", "cat", "chmod", "chown", "cp", "cut", "dd", "echo", "head", "id", "ln", "ls", "mkdir", "mkfifo", "mknod", "mv", "printf", "ps", "rm", "rmdir", "seq", "sleep", "stat", "stty", "tail", "touch", "tr", "true", "tty", "wc", "env", "pwd", "kill", "sort", "find"];

    /// <summary>Imports the image.</summary>
    /// <param name="fill">Adds to its tree.</param>
    protected void ImportShell(Action<string>? fill = null)
    {
        var tree = Root["busybox"];
        Directory.CreateDirectory(Path.Combine(tree, "bin"));
        Directory.CreateDirectory(Path.Combine(tree, "etc"));
        Directory.CreateDirectory(Path.Combine(tree, "root"));
        File.Copy(BusyboxFactAttribute.Path, Path.Combine(tree, "bin/busybox"));
        foreach (var name in s_applets)
            File.CreateSymbolicLink(Path.Combine(tree, "bin", name), "busybox");
        File.WriteAllText(Path.Combine(tree, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001:An app:/home/app:/bin/ash\n");
        fill?.Invoke(tree);
        Engine.Images.Import(tree, "busybox");
    }

    /// <summary>Starts a container of the image that does nothing until it is stopped.</summary>
    protected Container Idle(Func<ContainerCreateOptions, ContainerCreateOptions>? with = null)
    {
        var options = Busybox("/bin/sleep", "infinity") with { StopTimeout = TimeSpan.Zero };
        return Engine.Start(Engine.Create(with is null ? options : with(options)).Id);
    }

    protected static ContainerCreateOptions Busybox(params string[] command) => new() { Image = "busybox", Command = command };

    /// <summary>Runs a line of shell in a container, which must succeed, and returns what it wrote.</summary>
    protected string Shell(Container container, string script)
    {
        var result = Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/bin/sh", "-c", script] });
        return result.ExitCode == 0
            ? string.Join('\n', result.Output)
            : throw new InvalidOperationException($"'{script}' ended with {result.ExitCode}: {string.Join('\n', result.Error)}");
    }
}
