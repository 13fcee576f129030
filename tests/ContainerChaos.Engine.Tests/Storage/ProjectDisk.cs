using System.Diagnostics;

namespace ContainerChaos.Engine.Tests;

/// <summary>An ext4 with project quotas in a file of its own.</summary>
internal sealed class ProjectDisk : IDisposable
{
    private const long Size = 128 << 20;

    private static readonly Lazy<string?> s_missing = new(() =>
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"ccquota-{Environment.ProcessId}");
        try
        {
            using (new ProjectDisk(path))
                return null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
        finally
        {
            if (Directory.Exists(path))
                Directory.Delete(path);
            File.Delete(path + ".img");
        }
    });

    public ProjectDisk(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
        var image = path + ".img";
        using (var file = File.Create(image))
            file.SetLength(Size);
        // They load themselves where the kernel is allowed to; a guest without udev needs the node of the first.
        Run("modprobe", "-a", "-q", "loop", "ext4", "quota_v2");
        Require("mkfs.ext4", "-q", "-F", "-O", "quota,project", "-E", "quotatype=prjquota", image);
        Require("mount", "-o", "loop,prjquota", image, path);
    }

    /// <summary>Why there is none on this machine; null where there is.</summary>
    public static string? Missing => s_missing.Value;

    public string Path { get; }

    public void Dispose() => Require("umount", Path);

    private static void Require(string program, params string[] arguments)
    {
        if (Run(program, arguments) is { } error)
            throw new InvalidOperationException($"{program}: {error}");
    }

    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : said.Split('\n')[0];
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}
