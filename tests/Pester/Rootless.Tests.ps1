# Every cmdlet as an ordinary user. The suites in Rootless/ are run by a pwsh of its own as that user, once for each kind of user;
# each of their tests is one here.
BeforeDiscovery {
    $reason = if ((id -u) -ne '0') { 'needs root, to become another user' }
    elseif (-not (Get-Command setpriv -ErrorAction Ignore)) { 'needs setpriv (apt-get install util-linux)' }
    elseif ((Get-Content /proc/sys/user/max_user_namespaces -ErrorAction Ignore) -eq '0' -or (Get-Content /proc/sys/kernel/unprivileged_userns_clone -ErrorAction Ignore) -eq '0') {
        'this kernel gives ordinary users no user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone)'
    }
    $version1 = 'memory', 'pids', 'cpu', 'freezer' | ForEach-Object { "/sys/fs/cgroup/$_" } | Where-Object { Test-Path "$_/cgroup.procs" }
    $isVersion2 = Test-Path /sys/fs/cgroup/cgroup.controllers
    $users = @(
        @{ User = 'a user without a name, whose id is the only one'; Id = 4321; Tags = 'Always', 'Alone', 'Undelegated' }
        @{ User = 'a user with subordinate ids and delegated groups'; Id = 4322; Ranges = $true; Delegated = $true; Tags = 'Always', 'Ranges', 'Delegated'
            Reason = (Test-Path /usr/bin/newuidmap) -and (Test-Path /usr/bin/newgidmap) ? $null : 'needs newuidmap and newgidmap (apt-get install uidmap)'
        }
    )
    foreach ($user in $users) {
        $user.Reason ??= $reason
        if ($user.Delegated -and $version1.Count -lt 4 -and -not $isVersion2) { $user.Reason ??= 'needs the memory, pids, cpu and freezer controllers on one version' }
        if ($user.Reason) {
            $user.Tests = @(@{ Name = 'every cmdlet'; Reason = $user.Reason })
            continue
        }
        $folder = "$([IO.Path]::GetTempPath())ccrootless-$PID-$($user.Id)"
        $parent = "/containerchaos-rootless-$PID-$($user.Id)"
        # On version 2 the user's own processes have to be below what is delegated too.
        $groups = @(if ($user.Delegated) { $isVersion2 ? "/sys/fs/cgroup$parent" : ($version1 | ForEach-Object { $_ + $parent }) })
        try {
            New-Item -ItemType Directory $folder, "$folder/home", "$folder/tmp", "$folder/run", "$folder/data", "$folder/pester", "$folder/artifacts", "$folder/tests" | Out-Null
            if ($user.Ranges) {
                # By name and by number, in two ranges and in one.
                Set-Content "$folder/passwd" ((Get-Content /etc/passwd) + "ccuser:x:$($user.Id):$($user.Id)::$folder/home:/bin/sh")
                Set-Content "$folder/subuid" "other:100000:65536", "ccuser:500000:1000", "$($user.Id):600000:64536"
                Set-Content "$folder/subgid" "ccuser:700000:65536"
            }
            /bin/chmod 755 $folder
            /bin/chown $user.Id $folder "$folder/home" "$folder/tmp" "$folder/run" "$folder/data"
            /bin/chmod 700 "$folder/run"
            foreach ($group in $groups) {
                [IO.Directory]::CreateDirectory($group) | Out-Null
                /bin/chown $user.Id $group
            }
            if ($groups -and $isVersion2) {
                $controllers = '+memory +pids +cpu'
                Set-Content /sys/fs/cgroup/cgroup.subtree_control $controllers
                [IO.Directory]::CreateDirectory("$groups/shell") | Out-Null
                'cgroup.procs', 'cgroup.threads', 'cgroup.subtree_control' | ForEach-Object { /bin/chown $user.Id "$groups/$_" }
                $env:SHELL_GROUP = "$groups/shell"
            }
            $env:TAGS = $user.Tags -join ','
            $env:POWERSHELL = [Environment]::ProcessPath
            $former = $env:CONTAINERCHAOS_CGROUP
            $env:CONTAINERCHAOS_CGROUP = $parent
            $artifacts = $env:CONTAINERCHAOS_ARTIFACTS ? $env:CONTAINERCHAOS_ARTIFACTS : (Join-Path $PSScriptRoot '../../artifacts')
            $said = unshare --mount timeout 600 sh "$PSScriptRoot/Rootless/as-user.sh" $folder $user.Id (Get-Module Pester).ModuleBase $artifacts $PSScriptRoot 2>&1 | Out-String
            $user.Tests = (Test-Path "$folder/results.json") ? @(Get-Content -Raw "$folder/results.json" | ConvertFrom-Json -AsHashtable) : @(@{ Name = 'every cmdlet'; Result = 'Failed'; Error = $said })
            if ($env:SHELL_GROUP) { [IO.Directory]::Delete($env:SHELL_GROUP) }
            $left = @(foreach ($group in $groups) { Get-ChildItem -Directory $group | ForEach-Object FullName })
            $left += @(Get-ChildItem -Recurse -File -Force "$folder/run" | ForEach-Object FullName)
            $user.Tests += @{ Name = 'nothing is left of it'; Result = $left ? 'Failed' : 'Passed'; Error = $left -join ', ' }
        }
        finally {
            $env:CONTAINERCHAOS_CGROUP = $former
            $env:TAGS = $env:POWERSHELL = $env:SHELL_GROUP = $null
            foreach ($group in $groups) { Get-Item $group -ErrorAction Ignore | ForEach-Object { $_.Delete() } }
            Remove-Item -Recurse -Force $folder
        }
    }
}

Describe 'As <User>' -ForEach $users {
    It '<_.Name>' -ForEach $Tests {
        if ($_.Reason) { Set-ItResult -Skipped -Because $_.Reason }
        if ($_.Result -eq 'Skipped') { Set-ItResult -Skipped -Because $_.Error }
        $_.Result | Should -Be 'Passed' -Because $_.Error
    }
}
