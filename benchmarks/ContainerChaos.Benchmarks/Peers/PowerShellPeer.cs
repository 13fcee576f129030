using System.Diagnostics;

namespace ContainerChaos.Benchmarks.Peers;

/// <summary>The cmdlets in a warm PowerShell session that reads one command a line.</summary>
internal sealed class PowerShellPeer(Workspace workspace, string binaries) : Peer(workspace)
{
    private Process? session;

    public override string Name => "pwsh";

    public override string? Open()
    {
        if (Shell.Find("pwsh") is not { } program)
        {
            return "pwsh is not installed";
        }

        var module = Path.GetFullPath(Path.Combine(binaries, "..", "module", "ContainerChaos", "ContainerChaos.psd1"));
        var start = new ProcessStartInfo(program, ["-NoProfile", "-NonInteractive", "-Command", Script(module)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["CONTAINERCHAOS_ROOT"] = Path.Combine(Workspace.Root, "pwsh", "data");
        start.Environment["CONTAINERCHAOS_RUN"] = Path.Combine(Workspace.Root, "pwsh", "run");
        start.Environment["CONTAINERCHAOS_CGROUP"] = $"/{Workspace.Prefix}pwsh";
        start.Environment["CONTAINERCHAOS_NETWORK"] = "none";
        session = Process.Start(start)!;
        var answer = session.StandardOutput.ReadLine();
        return answer == "ready" ? null : answer ?? "pwsh ended";
    }

    public override void RunTrue() => Do("none");

    public override bool RunTrueOnBridge()
    {
        Do("bridge");
        return true;
    }

    public override IFleet StartFleet(string prefix, int count)
    {
        Do($"fleet {prefix} {count}");
        return new Fleet(this, prefix, count);
    }

    private void Do(string what)
    {
        session!.StandardInput.WriteLine(what);
        var answer = session.StandardOutput.ReadLine();
        if (answer != "done")
        {
            throw new InvalidOperationException($"pwsh: {answer}");
        }
    }

    public override void Dispose()
    {
        session?.StandardInput.Close();
        session?.WaitForExit(TimeSpan.FromSeconds(10));
        session?.Dispose();
    }

    private string Script(string module) =>
        $$"""
        $ErrorActionPreference = 'Stop'
        try {
            Import-Module '{{module}}'
            Import-ContainerImage -Path '{{Workspace.Tar}}' -Reference ccbench:latest | Out-Null
            [Console]::Out.WriteLine('ready')
            while ($null -ne ($line = [Console]::In.ReadLine())) {
                $what, $prefix, $count = $line.Split(' ')
                switch ($what) {
                    'fleet' { 1..$count | ForEach-Object { New-Container "$prefix$_" -Image ccbench:latest -Network bridge -Command /bin/sleep, 100000 } | Start-Container | Out-Null }
                    'list' { if (@(Get-Container).Count -ne $prefix) { throw 'Some are missing.' } }
                    'clear' { Remove-Container "$prefix*" -Force }
                    default { New-Container -Image ccbench:latest -Network $what -Command /bin/true | Start-Container | Wait-Container | Remove-Container }
                }
                [Console]::Out.WriteLine('done')
            }
        } catch { [Console]::Out.WriteLine($_.ToString()) }
        """;

    private sealed class Fleet(PowerShellPeer peer, string prefix, int count) : IFleet
    {
        public void List() => peer.Do($"list {count}");

        public void Remove() => peer.Do($"clear {prefix}");
    }
}
