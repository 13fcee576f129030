using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests.Hardening;

/// <summary>
/// CVE-2019-5736: a container has the runtime execute itself, keeps a descriptor of that program, and writes to it when the
/// kernel no longer guards it. Tried with every capability and no filter, where nothing but the runtime's own defence helps.
/// </summary>
public sealed class OwnBinaryTests : IDisposable
{
    private const string Busybox = "/bin/busybox";

    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("/proc/self/exe")]
    [InlineData("/entry")] // a script whose interpreter it is
    public async Task The_host_s_program_is_not_written_to_through_proc(string command)
    {
        if (!File.Exists(Busybox))
            return; // The attack needs a shell; busybox-static brings one.
        var ccrun = _root["ccrun"];
        File.Copy(TestRoot.CcrunPath, ccrun);
        var before = File.ReadAllBytes(ccrun);
        // The container keeps what a process that comes in executes, and writes there when that has ended. It was created and
        // started, so that by then nobody executes the runtime any more: the kernel would refuse the write (ETXTBSY).
        var bundle = new Bundle(_root, ["/bin/sh", "/attack"], Privileged, ccrun);
        var held = Path.Combine(bundle.RootFileSystem, "held");
        Directory.CreateDirectory(Path.Combine(bundle.RootFileSystem, "bin"));
        Directory.CreateDirectory(held);
        foreach (var fifo in new[] { "config.json", "told", "tell" })
            Fifo.Create(Path.Combine(held, fifo));
        File.Copy(Busybox, Path.Combine(bundle.RootFileSystem, "bin/sh"));
        File.WriteAllText(Path.Combine(bundle.RootFileSystem, "entry"), "#!/proc/self/exe\n");
        File.SetUnixFileMode(Path.Combine(bundle.RootFileSystem, "entry"), (UnixFileMode)0x1ED /* 0755 */);
        File.WriteAllText(Path.Combine(bundle.RootFileSystem, "attack"), """
            read victim </held/told
            # It may have ended meanwhile: then there is nothing to attack, and the shell must not end of it ('command').
            command exec 9</proc/$victim/exe || exec 9</proc/self/exe
            echo held >/held/tell
            read ended </held/told
            echo pwned >/proc/self/fd/9
            echo over >/held/tell
            """);
        bundle.Launch();

        // ccrun inside reads the bundle's config, a FIFO, and stays there until something is written to it.
        string[] arguments = command == "/entry" ? [command] : [command, "--root", "/held/root", "run", "--bundle", "/held", "x"];
        using var victim = bundle.Start(["exec", bundle.Id, .. arguments]);
        var inside = FindInside(victim);
        if (command != "/entry")
            Assert.NotNull(inside);
        await WriteAsync(Path.Combine(held, "told"), $"{inside ?? 1}\n");
        Assert.Equal("held\n", await ReadAsync(Path.Combine(held, "tell")));
        if (command != "/entry")
            await WriteAsync(Path.Combine(held, "config.json"), "x\n");
        victim.StandardInput.Close();
        victim.StandardError.ReadToEnd();
        victim.WaitForExit();
        await WriteAsync(Path.Combine(held, "told"), "ended\n");
        Assert.Equal("over\n", await ReadAsync(Path.Combine(held, "tell")));
        Assert.Equal(before, File.ReadAllBytes(ccrun));
        bundle.Delete();
    }

    [Fact]
    public void A_process_on_its_way_into_the_container_can_t_be_looked_at()
    {
        if (!File.Exists(Busybox))
            return; // The attack needs a shell; busybox-static brings one.
        var ccrun = _root["ccrun"];
        File.Copy(TestRoot.CcrunPath, ccrun);
        var before = File.ReadAllBytes(ccrun);
        // Grabs whatever appears, as fast as a shell can.
        var bundle = new Bundle(_root, ["/bin/sh", "-c", "echo ready; while read -t 0 x; [ $? -ne 0 ]; do for p in /proc/[0-9]*; do [ $p = /proc/1 ] || (exec 9<$p/exe && echo pwned >/proc/self/fd/9) 2>/dev/null; done; done"], Privileged, ccrun);
        Directory.CreateDirectory(Path.Combine(bundle.RootFileSystem, "bin"));
        File.Copy(Busybox, Path.Combine(bundle.RootFileSystem, "bin/sh"));
        using var attacker = bundle.StartContainer();
        Assert.Equal("ready", attacker.StandardOutput.ReadLine());
        for (var i = 0; i < 20; i++)
            bundle.Run("exec", bundle.Id, "/target", "true");
        bundle.Run("kill", bundle.Id, "KILL");
        attacker.WaitForExit();
        Assert.Equal(before, File.ReadAllBytes(ccrun));
    }

    // Whoever should be at the other end may be dead, and a FIFO waits for ever.
    private static Task<string> ReadAsync(string fifo) => Task.Run(() => File.ReadAllText(fifo)).WaitAsync(TimeSpan.FromSeconds(30));

    private static Task WriteAsync(string fifo, string text) => Task.Run(() => File.WriteAllText(fifo, text)).WaitAsync(TimeSpan.FromSeconds(30));

    private static RuntimeSpec Privileged(RuntimeSpec spec)
    {
        string[] all = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SYS_PTRACE", "CAP_SYS_ADMIN", "CAP_MKNOD", "CAP_SYS_CHROOT", "CAP_LINUX_IMMUTABLE"];
        return spec with
        {
            Process = spec.Process! with { NoNewPrivileges = false, Capabilities = new CapabilitiesSpec { Bounding = all, Effective = all, Permitted = all } },
            Linux = spec.Linux! with { MaskedPaths = [], ReadonlyPaths = [] },
        };
    }

    /// <summary>The PID in the container of the process that the exec has made, when it is executing the runtime; null when it has ended.</summary>
    private static int? FindInside(Process victim)
    {
        int? found = null;
        SpinWait.SpinUntil(
            () =>
            {
                foreach (var pid in Children(victim.Id))
                {
                    var status = Read($"/proc/{pid}/status").Split('\n');
                    var names = Array.Find(status, line => line.StartsWith("NSpid:", StringComparison.Ordinal))?.Split('\t');
                    // It is there when it has executed: then its command line is the one given.
                    if (names is [.., var inner] && Read($"/proc/{pid}/cmdline").StartsWith("/proc/self/exe", StringComparison.Ordinal))
                        found = int.Parse(inner);
                }
                return found is not null || victim.HasExited;
            },
            TimeSpan.FromSeconds(20));
        return found;
    }

    private static int[] Children(int pid) =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!))
            .Where(child => Read($"/proc/{child}/stat") is { Length: > 0 } stat && stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == pid.ToString())];

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
