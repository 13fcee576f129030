namespace ContainerChaos.Build;

/// <summary>Debian packages the build or the tests need: installed when root, otherwise named in one line.</summary>
internal static class Prerequisites
{
    /// <summary>NativeAOT links with clang or gcc, statically, so the C library's static archive must be there too.</summary>
    public static void RequireLinker()
    {
        var missing = new List<string>();
        if (Command.Find("clang") is null && Command.Find("gcc") is null)
        {
            missing.Add("gcc");
        }

        if (!File.Exists("/usr/lib/x86_64-linux-gnu/libc.a") && !File.Exists("/usr/lib64/libc.a") && !File.Exists("/usr/lib/libc.a"))
        {
            missing.Add("libc6-dev");
        }

        if (missing.Count > 0 && !TryInstall(missing, out var reason))
        {
            throw new BuildException($"ccrun is linked statically and needs {string.Join(" and ", missing)} ({reason}):  apt-get install {string.Join(' ', missing)}");
        }
    }

    /// <summary>What the virtual machine of tests/vm runs on.</summary>
    /// <returns>Null when all is there, else the reason the VM's tests are skipped for.</returns>
    public static string? RequireVirtualMachine()
    {
        var missing = new List<string>();
        if (Command.Find("qemu-system-x86_64") is null)
        {
            missing.Add("qemu-system-x86");
        }

        if (!File.Exists("/usr/lib/qemu/virtiofsd") && !File.Exists("/usr/libexec/virtiofsd"))
        {
            missing.Add(IsAvailable("virtiofsd") ? "virtiofsd" : "qemu-system-common");
        }

        if (Command.Find("busybox") is null)
        {
            missing.Add("busybox-static");
        }

        return missing.Count == 0 || TryInstall(missing, out var reason) ? null : $"{string.Join(", ", missing)} missing ({reason})";
    }

    private static bool TryInstall(IReadOnlyList<string> packages, out string reason)
    {
        if (Command.Find("apt-get") is null)
        {
            reason = "this is not a Debian system";
            return false;
        }

        if (!Environment.IsPrivilegedProcess)
        {
            reason = "not root, so not installed";
            return false;
        }

        var environment = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" };
        string[] install = ["install", "--yes", "--no-install-recommends", .. packages];
        var limit = TimeSpan.FromMinutes(3);
        var (exitCode, output) = Command.Capture("apt-get", install, null, limit, environment);
        if (exitCode != 0)
        {
            Command.Capture("apt-get", ["update"], null, limit, environment);
            (exitCode, output) = Command.Capture("apt-get", install, null, limit, environment);
        }

        reason = exitCode == 0 ? "" : $"apt-get: {output.TrimEnd().Split('\n')[^1]}";
        return exitCode == 0;
    }

    private static bool IsAvailable(string package) => Command.Capture("apt-cache", ["show", package]).ExitCode == 0;
}
