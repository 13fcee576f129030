using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ContainerChaos.Runtime.Tests;

/// <summary>A bundle of an ordinary user, whom the host has no name for, and the ccrun that this user runs it with.</summary>
internal sealed class RootlessBundle
{
    internal const int User = 4321;

    private readonly TestRoot _root;

    internal RootlessBundle(TestRoot root)
    {
        _root = root;
        // Where the build has it, an ordinary user may not be able to reach it.
        File.Copy(TestRoot.CcrunPath, root["ccrun"]);
        Directory.CreateDirectory(root["bundle/rootfs"]);
        Directory.CreateDirectory(root["state"]);
        File.Copy(TestRoot.TargetPath, root["bundle/rootfs/target"]);
        Sh($"chmod 755 '{root.Directory}' '{root["ccrun"]}' '{root["bundle/rootfs/target"]}'; chmod 700 '{root["state"]}'; chown -R {User}:{User} '{root["bundle"]}' '{root["state"]}'");
        Assert.Equal((0, "", ""), Ccrun("spec", "--rootless"));
    }

    internal static string AsUser => $"setpriv --reuid {User} --regid {User} --clear-groups --inh-caps=-all";

    /// <summary>What a shell does as root before it becomes the user.</summary>
    internal string Before { get; set; } = ":";

    /// <summary>What the user's commands have in their environment, as env(1) takes it.</summary>
    internal string Environment { get => field ?? $"XDG_RUNTIME_DIR='{_root["state"]}'"; set; }

    internal (int Code, string Output, string Errors) Ccrun(params string[] arguments) =>
        Sh($"{Before}; cd '{_root["bundle"]}'; exec env {Environment} {AsUser} '{_root["ccrun"]}' {string.Join(' ', arguments.Select(a => $"'{a}'"))}");

    /// <summary>Runs a verb that must succeed, and returns what it wrote.</summary>
    internal string Read(params string[] arguments)
    {
        var (code, output, errors) = Ccrun(arguments);
        Assert.Equal((0, ""), (code, errors));
        return output;
    }

    internal void Configure(params string[] command) => Edit(config =>
    {
        config["process"]!["terminal"] = false;
        config["process"]!["args"] = new JsonArray([.. command.Prepend("/target").Select(a => JsonValue.Create(a))]);
    });

    internal void Limit(long memory, int pids, long quota) => Edit(config => config["linux"]!["resources"] = new JsonObject
    {
        ["memory"] = new JsonObject { ["limit"] = memory },
        ["pids"] = new JsonObject { ["limit"] = pids },
        ["cpu"] = new JsonObject { ["quota"] = quota, ["period"] = 100_000 },
    });

    internal void Edit(Action<JsonNode> change)
    {
        var path = _root["bundle/config.json"];
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        change(config);
        File.WriteAllText(path, config.ToJsonString());
    }

    /// <summary>Runs a shell script as root.</summary>
    /// <param name="script">The script.</param>
    /// <param name="before">A program that runs the shell, and its arguments.</param>
    internal static (int Code, string Output, string Errors) Sh(string script, params string[] before)
    {
        // Standard output and error are files: a container that is left running would keep a pipe open.
        var (output, errors) = (Path.GetTempFileName(), Path.GetTempFileName());
        try
        {
            string[] command = [.. before, "timeout", "60", "sh", "-c", $"exec < /dev/null > '{output}' 2> '{errors}'; {script}"];
            using var process = Process.Start(command[0], command[1..]);
            process.WaitForExit();
            return (process.ExitCode, File.ReadAllText(output), File.ReadAllText(errors));
        }
        finally
        {
            File.Delete(output);
            File.Delete(errors);
        }
    }

    internal static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The user has no container left.</summary>
    internal void Leaves_nothing() => Assert.Empty(Directory.Exists(_root["state/ccrun"]) ? Directory.GetFileSystemEntries(_root["state/ccrun"]) : []);
}
