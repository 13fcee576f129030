# Networks, on a host of their own: a pwsh in a network namespace whose loopback is up. What it finds comes back as JSON.
BeforeDiscovery {
    $reason = if ((id -u) -ne '0') { 'needs root' }
    elseif (-not (Test-Path /bin/busybox)) { 'needs a static busybox (apt-get install busybox-static)' }
    elseif (-not (Get-Command unshare -ErrorAction Ignore)) { 'needs unshare (apt-get install util-linux)' }
}

Describe 'Networks' -Skip:($null -ne $reason) {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        function Invoke-OnOwnHost([scriptblock] $Script) {
            $text = "busybox ip link set lo up; . '$PSScriptRoot/Suite.ps1'`n`$ErrorActionPreference = 'Stop'`n& { $Script } | ConvertTo-Json -Depth 6 -EnumsAsStrings"
            $said = & unshare --net (Get-Process -Id $PID).Path -NoProfile -EncodedCommand ([Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($text)))
            $LASTEXITCODE | Should -Be 0 -Because ($said -join "`n")
            $said | ConvertFrom-Json
        }
        $tree = New-Item -ItemType Directory "$env:CONTAINERCHAOS_SUITE/busybox/bin"
        Copy-Item /bin/busybox $tree
        Import-ContainerImage "$env:CONTAINERCHAOS_SUITE/busybox" -Reference busybox | Out-Null
    }
    AfterAll {
        Remove-ContainerNetwork * -ErrorAction Ignore
        Assert-NothingLeft
    }

    It 'are made, found, completed, used and removed' {
        $found = Invoke-OnOwnHost {
            $made = New-ContainerNetwork shop -Subnet 10.77.0.0/24 -Label @{ tier = 'web' }
            $web = New-Container web -Image busybox -Command busybox, sleep, 1000 -StopTimeout 0 -Network shop -NetworkAlias front -Publish 8080:80 | Start-Container
            $client = New-Container client -Image busybox -Command busybox, sleep, 1000 -StopTimeout 0 -Network bridge | Start-Container
            $client | Connect-Container -Network shop
            $names = (Invoke-ContainerCommand client -- busybox nslookup -type=a front).Output
            $refused = $( Remove-ContainerNetwork shop -ErrorAction SilentlyContinue -ErrorVariable e; $e[0].FullyQualifiedErrorId )
            $busy = Get-ContainerNetwork sho*
            $completed = (TabExpansion2 'New-Container -Network sh' 25).CompletionMatches.CompletionText
            $line = ($busy | Out-String)
            Disconnect-Container client bridge
            $after = (Get-Container client).Endpoints
            Get-Container | Remove-Container -Force
            Remove-ContainerNetwork sh*
            [pscustomobject]@{
                Subnet = $made.Subnets[0].Subnet; Label = $made.Labels.tier; Address = $web.IPAddress; Ports = @($web.Ports | ForEach-Object ToString)
                Names = $names; Refused = $refused; Busy = $busy.Containers; Completed = $completed; Line = $line; After = @($after.Network); Left = @((Get-ContainerNetwork).Name)
            }
        }
        $found.Subnet | Should -Be '10.77.0.0/24'
        $found.Label | Should -Be 'web'
        $found.Address | Should -Be '10.77.0.2'
        $found.Ports | Should -Be '8080:80/tcp'
        $found.Names | Should -Contain 'Address: 10.77.0.2'
        $found.Refused | Should -BeLike 'NetworkInUse,*'
        $found.Busy | Should -Be 'client', 'web'
        $found.Completed | Should -Be 'shop'
        $found.Line | Should -Match 'shop .*10\.77\.0\.0/24 .*client, web'
        $found.After | Should -Be 'shop'
        $found.Left | Should -Be 'bridge', 'host', 'none'
    }

    It 'are root''s default, and a published port moves from one container to the next' {
        $found = Invoke-OnOwnHost {
            $env:CONTAINERCHAOS_NETWORK = ''
            $old = New-Container old -Image busybox -Command busybox, nc, -ll, -p, 80, -e, /bin/busybox, echo, old -StopTimeout 0 -Publish 8080:80 | Start-Container
            $new = New-Container new -Image busybox -Command busybox, nc, -ll, -p, 90, -e, /bin/busybox, echo, new -StopTimeout 0 | Start-Container
            New-Container apart -Image busybox -Network none -Command busybox, sleep, 1000 -StopTimeout 0 | Start-Container | Out-Null
            function Read-Port {
                # Until the service listens, the proxy closes what it can't pass on.
                $said = @{}
                Wait-Until {
                    $client = [Net.Sockets.TcpClient]::new('127.0.0.1', 8080)
                    try { $said.Text = [IO.StreamReader]::new($client.GetStream()).ReadToEnd().Trim() } catch { $said.Text = '' } finally { $client.Dispose() }
                    $said.Text
                }
                $said.Text
            }
            $before = Read-Port
            $silent = Move-ContainerPort old -Destination new -ContainerPort 90
            $after = Read-Port
            $completed = (TabExpansion2 'Move-ContainerPort old -Destination ne' 38).CompletionMatches.CompletionText
            $refused = $( Move-ContainerPort old new -ErrorAction SilentlyContinue -ErrorVariable e; $e[0].FullyQualifiedErrorId )
            $taken = $( New-Container late -Image busybox -Command busybox, sleep, 1 -Publish 8080:80 | Start-Container -ErrorAction SilentlyContinue -ErrorVariable e; $e[0].Exception.Message )
            Save-Container new -Reference exposing -Change 'EXPOSE 90 91/udp' | Out-Null
            $all = New-Container all -Image exposing -Publish 8090:90 -PublishAll | Start-Container
            $back = Get-Container new | Move-ContainerPort -Destination old -ContainerPort 80 -PassThru
            $result = [pscustomobject]@{
                Network = $old.Network; Address = $old.IPAddress; Before = $before; Silent = $null -eq $silent; After = $after; Completed = $completed; Refused = $refused; Taken = $taken
                All = @($all.Ports | ForEach-Object { "$($_.HostPort -ge 1024) $($_.ContainerPort)/$($_.Protocol)" })
                Back = "$($back.Name) $($back.Ports)"; Listed = (Get-ContainerNetwork n* | Out-String); None = @((Get-ContainerNetwork none).Containers)
            }
            Get-Container | Remove-Container -Force
            Remove-ContainerImage exposing
            $result
        }
        $found.Network | Should -Be 'bridge'
        # The first of the usual ranges that this machine does not use itself.
        $found.Address | Should -Match '^172\.(1[7-9]|2\d|3[01])\.0\.\d+$'
        $found.Before | Should -Be 'old'
        $found.Silent | Should -BeTrue
        $found.After | Should -Be 'new'
        $found.Completed | Should -Be 'new'
        $found.Refused | Should -BeLike 'InvalidArgument,*'
        $found.Taken | Should -BeLike "*port 8080/tcp of the host is taken by container 'new'*"
        $found.All | Should -Be 'True 90/tcp', 'True 91/udp'
        $found.Back | Should -Be 'old 8080:80/tcp'
        $found.Listed | Should -Match 'none .*null .*apart'
        $found.None | Should -Be 'apart'
    }

    It 'say what is wrong with what they are asked for' {
        (Should-FailWith NetworkNotFound { Get-ContainerNetwork missing @args }).Exception.Message | Should -Be "No network 'missing'."
        (Should-FailWith NetworkNotFound { New-Container app -Image target -Network missing @args }).CategoryInfo.Category | Should -Be 'ObjectNotFound'
        (Should-FailWith InvalidArgument { Remove-ContainerNetwork bridge @args }).Exception.Message | Should -BeLike '*default*'
        Should-FailWith InvalidArgument { New-ContainerNetwork bad -Subnet 10.0.0.1/8 @args }
        Should-FailWith InvalidName { New-ContainerNetwork host @args }
        New-ContainerNetwork spare -WhatIf
        Get-ContainerNetwork nothing* -ErrorAction Stop | Should -BeNullOrEmpty
    }
}
