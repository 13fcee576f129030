# Real terminals: script(1) gives a pwsh one, types into it and shows what it shows.
BeforeDiscovery { $reason = if (-not (Get-Command script -ErrorAction Ignore)) { 'needs script(1)' } elseif (-not (Test-Path /bin/busybox)) { 'needs a static busybox' } }

Describe 'A terminal in a container' -Skip:([bool] $reason) {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        $program = (Get-Process -Id $PID).Path
        $manifest = (Get-Module ContainerChaos).Path | Split-Path | Join-Path -ChildPath ContainerChaos.psd1

        function Start-Terminal([string] $Command, [string] $After) {
            $start = [Diagnostics.ProcessStartInfo]::new('script')
            # Encoded, since a shell is in between.
            $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes("Import-Module '$manifest'; `$PSStyle.OutputRendering = 'PlainText'; $Command"))
            foreach ($argument in '-qefc', "$($After ? '' : 'exec ')$program -NoProfile -EncodedCommand $encoded; $After", '/dev/null') { $start.ArgumentList.Add($argument) }
            $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
            $terminal = [pscustomobject]@{ Process = [Diagnostics.Process]::Start($start); Text = ''; Seen = 0 }
            $terminal
        }

        function Wait-Screen($Terminal, [string] $Text, [double] $Seconds = 20) {
            # Reads as it comes, up to the text; what is before it is done with.
            $deadline = [Environment]::TickCount64 + 1000 * $Seconds
            $buffer = [byte[]]::new(4096)
            while (($at = $Terminal.Text.IndexOf($Text, $Terminal.Seen, [StringComparison]::Ordinal)) -lt 0) {
                $read = $Terminal.Process.StandardOutput.BaseStream.ReadAsync($buffer, 0, $buffer.Length)
                if (-not $read.Wait([Math]::Max(1, $deadline - [Environment]::TickCount64))) { throw "Not shown within $Seconds s: '$Text'. Shown: $($Terminal.Text)" }
                if ($read.Result -eq 0) { throw "Ended without '$Text'. Shown: $($Terminal.Text)" }
                $Terminal.Text += [Text.Encoding]::UTF8.GetString($buffer, 0, $read.Result)
            }
            $Terminal.Seen = $at + $Text.Length
        }

        function Send-Keys($Terminal, [string] $Keys) {
            $bytes = [Text.Encoding]::UTF8.GetBytes($Keys)
            $Terminal.Process.StandardInput.BaseStream.Write($bytes, 0, $bytes.Length)
            $Terminal.Process.StandardInput.BaseStream.Flush()
        }

        function Get-Shell($Terminal) {
            # The pwsh below script(1), once it is there, and the terminal that it has.
            $script:found = $null
            Wait-Until { ($script:found = Get-Process pwsh | Where-Object { $_.Parent.Id -eq $Terminal.Process.Id }) } 10
            $id = $script:found.Id
            [pscustomobject]@{ Id = $id; Terminal = (Get-Item "/proc/$id/fd/0").Target }
        }

        function Get-Mode([string] $Path) { (/usr/bin/stty -F $Path -a) -join ' ' }

        function Stop-Terminal($Terminal) {
            if (-not $Terminal.Process.HasExited) { $Terminal.Process.Kill($true) }
            $Terminal.Process.Dispose()
        }

        New-Item -ItemType Directory "$TestDrive/busybox/bin", "$TestDrive/busybox/etc", "$TestDrive/busybox/home/app" | Out-Null
        Copy-Item /bin/busybox "$TestDrive/busybox/bin/busybox"
        foreach ($name in 'sh', 'ash', 'cat', 'sleep', 'stty', 'tty', 'echo', 'sort') { New-Item -ItemType SymbolicLink "$TestDrive/busybox/bin/$name" -Target busybox | Out-Null }
        Set-Content "$TestDrive/busybox/etc/passwd" 'root:x:0:0::/root:/bin/sh', 'app:x:1000:1000::/home/app:/bin/ash'
        Import-ContainerImage "$TestDrive/busybox" -Reference busybox -Command /bin/sleep, infinity | Out-Null
    }
    BeforeEach { $terminal = $null }
    AfterEach { if ($terminal) { Stop-Terminal $terminal } }
    AfterAll { Assert-NothingLeft; Remove-ContainerImage busybox }

    It 'has a shell with keys, sizes and Ctrl-C, and gives yours back as it was, with the exit code' {
        New-Container app -Image busybox -StopTimeout 0 | Start-Container | Out-Null
        $terminal = Start-Terminal 'Enter-Container app -Env @{ PS1 = ''in: '' }; ''code '' + $LASTEXITCODE; [Threading.ManualResetEvent]::new($false).WaitOne(60000)'
        Wait-Screen $terminal 'in: '
        $shell = Get-Shell $terminal
        Get-Mode $shell.Terminal | Should -Match '-icanon.*-echo |-echo .*-icanon|-icanon'
        Send-Keys $terminal "tty; echo `$TERM in `$0`n"
        Wait-Screen $terminal '/dev/pts/'
        Wait-Screen $terminal 'xterm in /bin/sh'
        /usr/bin/stty -F $shell.Terminal rows 33 cols 101
        Send-Keys $terminal "stty size`n"
        Wait-Screen $terminal '33 101'
        Send-Keys $terminal "sleep 1000; echo interrupted `$?`n"
        Wait-Screen $terminal "interrupted `$?`r`n"
        Wait-Until { Get-ContainerProcess app | Where-Object { $_.Command -eq 'sleep 1000' -and $_.Terminal } }
        Send-Keys $terminal "$([char] 3)"
        Wait-Screen $terminal 'in: '
        Wait-Until { -not (Get-ContainerProcess app | Where-Object Command -EQ 'sleep 1000') }
        Send-Keys $terminal "exit 42`n"
        Wait-Screen $terminal 'code 42'
        Get-Mode $shell.Terminal | Should -Match ' icanon'
        Get-Mode $shell.Terminal | Should -Match ' isig'
        Get-Mode $shell.Terminal | Should -Match ' opost'
    }

    It 'is left by the detach keys, and what runs there runs on' {
        New-Container left -Image busybox -StopTimeout 0 | Start-Container | Out-Null
        $terminal = Start-Terminal '(Enter-Container left -User app -DetachKeys ''ctrl-a,d'' -PassThru | Format-List | Out-String).Trim(); ''back'''
        Wait-Screen $terminal '$ '
        Send-Keys $terminal "sleep 2000; echo more`n"
        Wait-Until { Get-ContainerProcess left | Where-Object Command -EQ 'sleep 2000' }
        Send-Keys $terminal "$([char] 1)d"
        Wait-Screen $terminal 'IsDetached : True'
        Wait-Screen $terminal 'back'
        $terminal.Process.WaitForExit(10000) | Should -BeTrue
        (Get-ContainerProcess left | Where-Object Command -EQ 'sleep 2000').User | Should -Be 'app'
    }

    It 'is given back when pwsh is told to end' {
        New-Container ended -Image busybox -StopTimeout 0 | Start-Container | Out-Null
        $terminal = Start-Terminal "Set-Content '$TestDrive/pid' `$PID; Enter-Container ended -Env @{ PS1 = 'in: ' }" -After 'stty -a; echo over'
        Wait-Screen $terminal 'in: '
        /bin/kill -TERM (Get-Content "$TestDrive/pid")
        Wait-Screen $terminal ' icanon'
        Wait-Screen $terminal 'over'
    }

    It 'of PID 1 can be left and entered again' {
        New-Container box -Image busybox -Command /bin/sh -Tty -Env @{ PS1 = 'one: ' } -StopTimeout 0 | Start-Container | Out-Null
        foreach ($round in 1, 2) {
            $terminal = Start-Terminal 'Enter-Container box -Attach; ''left '' + ($null -eq $LASTEXITCODE)'
            Wait-Until { Get-Shell $terminal | ForEach-Object { (Get-Mode $_.Terminal) -match '-icanon' } } 20
            Send-Keys $terminal "echo round-`$((40+$round))`n"
            Wait-Screen $terminal "round-4$round"
            Send-Keys $terminal "$([char] 16)$([char] 17)"
            Wait-Screen $terminal 'left True'
            $terminal.Process.WaitForExit(10000) | Should -BeTrue
            (Get-Container box).State | Should -Be 'Running'
        }
        (Get-ContainerLog box).Line -match 'round-41' | Should -Not -BeNullOrEmpty
        $terminal = Start-Terminal 'Enter-Container box -Attach; ''code '' + $LASTEXITCODE'
        Wait-Until { Get-Shell $terminal | ForEach-Object { (Get-Mode $_.Terminal) -match '-icanon' } } 20
        Send-Keys $terminal "exit 9`n"
        Wait-Screen $terminal 'code 9'
    }

    It 'of a new container is there from the start, and the container is gone in the end' {
        $terminal = Start-Terminal 'Invoke-Container run -Image busybox -Command /bin/sh -Tty -AutoRemove -Env @{ PS1 = ''run: '' }; ''code '' + $LASTEXITCODE; @(Get-Container run -ErrorAction Ignore).Count'
        Wait-Screen $terminal 'run: '
        Send-Keys $terminal "exit 4`n"
        Wait-Screen $terminal 'code 4'
        Wait-Screen $terminal '0'
        Get-Container run* | Should -BeNullOrEmpty
    }
}

Describe 'Without a terminal' -Skip:([bool] $reason) {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        New-Item -ItemType Directory "$TestDrive/busybox/bin" | Out-Null
        Copy-Item /bin/busybox "$TestDrive/busybox/bin/busybox"
        foreach ($name in 'sh', 'cat', 'sleep', 'sort', 'tty') { New-Item -ItemType SymbolicLink "$TestDrive/busybox/bin/$name" -Target busybox | Out-Null }
        Import-ContainerImage "$TestDrive/busybox" -Reference busybox -Command /bin/sleep, infinity | Out-Null
    }
    AfterEach { Assert-NothingLeft }
    AfterAll { Remove-ContainerImage busybox }

    It 'Enter-Container says so, and what to use' {
        New-Container app -Image busybox -StopTimeout 0 | Start-Container | Out-Null
        $program = (Get-Process -Id $PID).Path
        $manifest = (Get-Module ContainerChaos).Path | Split-Path | Join-Path -ChildPath ContainerChaos.psd1
        $said = '' | & $program -NoProfile -Command "Import-Module '$manifest'; Enter-Container app -ErrorVariable e -ErrorAction SilentlyContinue; `$e.FullyQualifiedErrorId; `$e.ErrorDetails.RecommendedAction"
        $said[0] | Should -BeLike 'InvalidState,*'
        $said[1] | Should -Match 'Invoke-ContainerCommand'
    }

    It 'Invoke-Container returns lines as they come, in order and with the exit code' {
        $lines = Invoke-Container -Image busybox -Command /bin/sh, -c, 'echo one; echo two >&2; exit 3' -AutoRemove
        $global:LASTEXITCODE | Should -Be 3
        ($lines | Where-Object Stream -EQ stdout).Line | Should -Be 'one'
        ($lines | Where-Object Stream -EQ stderr).Line | Should -Be 'two'
        Get-Container | Should -BeNullOrEmpty
        ('b', 'a' | Invoke-Container -Image busybox -Command /bin/sort -AutoRemove).Line | Should -Be 'a', 'b'
        (Should-FailWith CommandNotFound { Invoke-Container bad -Image busybox -Command /nowhere -AutoRemove @args }).TargetObject | Should -Be 'bad'
        $kept = Invoke-Container kept -Image busybox -Detach -StopTimeout 0
        $kept.State | Should -Be 'Running'
    }

    It 'Start-Container -Attach and Enter-Container -Attach follow, and give input' {
        New-Container job -Image busybox -Command /bin/sh, -c, 'echo done; exit 2' | Out-Null
        (Start-Container job -Attach).Line | Should -Be 'done'
        $global:LASTEXITCODE | Should -Be 2
        New-Container sorter -Image busybox -Command /bin/sort -Interactive | Start-Container | Out-Null
        ('b', 'a' | Enter-Container sorter -Attach).Line | Should -Be 'a', 'b'
        (Wait-Container sorter).ExitCode | Should -Be 0
    }

    It 'a command takes its input from the pipeline, has a terminal, or is left to itself' {
        New-Container app -Image busybox -StopTimeout 0 | Start-Container | Out-Null
        ('b', 'a' | Invoke-ContainerCommand app -- sort).Output | Should -Be 'a', 'b'
        (Invoke-ContainerCommand app -StandardInput 'x' -Command cat).Output | Should -Be 'x'
        ('app' | Invoke-ContainerCommand -Command cat).Output | Should -BeNullOrEmpty
        (Invoke-ContainerCommand app -Tty -Command tty).Output | Should -Match '^/dev/pts/\d+$'
        $process = Invoke-ContainerCommand app -Detach -- sleep 3000
        $process.Command | Should -Be 'sleep 3000'
        Get-ContainerProcess app | Out-String | Should -Match '\s0\s+\S*sleeping'
    }
}
