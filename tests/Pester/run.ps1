<#
.SYNOPSIS
    Runs the Pester suites against the staged module; the last line is 'N passed, N failed, N skipped'.
.PARAMETER OutputFile
    Where the NUnit result goes.
.PARAMETER Name
    Only suites whose file name matches, such as Signals or Jobs,Logs.
#>
[CmdletBinding()]
param(
    [string] $OutputFile,
    [string[]] $Name = '*'
)
$ErrorActionPreference = 'Stop'
Import-Module Pester -MinimumVersion 5.7
. $PSScriptRoot/Suite.ps1

try {
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = @(foreach ($one in $Name -split ',') { (Get-ChildItem "$PSScriptRoot/$one.Tests.ps1").FullName })
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'Detailed'
    $configuration.Output.CIFormat = 'None'
    if ($OutputFile) {
        $configuration.TestResult.Enabled = $true
        $configuration.TestResult.OutputFormat = 'NUnit3'
        $configuration.TestResult.OutputPath = $OutputFile
    }
    $result = Invoke-Pester -Configuration $configuration
}
finally {
    Remove-SuiteRoot
}
$failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
"$($result.PassedCount) passed, $failed failed, $($result.SkippedCount + $result.NotRunCount) skipped"
exit ($failed -gt 0 ? 1 : 0)
